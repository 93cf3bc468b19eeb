import { log, print } from '@exact-spotter/singer';
import { quarantinedRecords, type QuarantinedRecord } from '../bookkeeping/quarantine.ts';
import { listRuns, type RunRow } from '../bookkeeping/runs.ts';
import { readStateText } from '../bookkeeping/state.ts';
import { readDatabase } from '../database/connection.ts';
import { databasePath } from '../database/file-path.ts';
import type { TargetSettings } from '../settings.ts';

/** Prints the last committed state as one line of JSON; `{}` if there is none. */
export async function printState({ database, state_id: stateId }: TargetSettings): Promise<void> {
  const text = readDatabase(database, (db) => readStateText(db, stateId)) ?? '{}';
  // In JSON text, line ends can only be between tokens.
  await print(`${text.replaceAll(/[\r\n]+/g, ' ')}\n`);
}

/** Prints one line per run, the latest last, as text or as JSON. */
export async function printRuns({ database }: TargetSettings, asJson: boolean): Promise<void> {
  const runs = readDatabase(database, listRuns) ?? [];
  await print(runs.map((run) => `${asJson ? JSON.stringify(run) : runText(run)}\n`).join(''));
  if (runs.length === 0) log.info(`The database ${databasePath(database)} has no runs yet.`);
}

function runText(run: RunRow): string {
  const rows = Object.entries(run.rows).map(([stream, count]) => `${stream} ${count}`);
  const length = run.seconds === null ? '' : `, ${run.seconds.toFixed(1)} s`;
  const parts = [
    `${run.run}`,
    run.started_at,
    `${run.outcome}${length}`,
    `${run.bytes} bytes`,
    rows.length === 0 ? 'no rows' : rows.join(', '),
    ...(run.reason === null ? [] : [run.reason]),
  ];
  return parts.join('  ');
}

export const EMPTY_QUARANTINE = 'No records are quarantined.';

/** Prints one line per record: number, time, stream, line, reason. Never its values. */
export async function listQuarantine(settings: TargetSettings): Promise<void> {
  const text = readDatabase(settings.database, (db) =>
    [...quarantinedRecords(db, settings.state_id)].map(recordText).join(''),
  );
  await print(text ?? '');
  if (!text) log.info(EMPTY_QUARANTINE);
}

function recordText({ id, at, stream, line, reason }: QuarantinedRecord): string {
  return `${id}  ${at}  ${stream}  line ${line}  ${reason}\n`;
}
