import { log, print } from '@exact-spotter/singer';
import { quarantinedRecords, type QuarantinedRecord } from '../bookkeeping/quarantine.ts';
import { listRuns, type RunRow } from '../bookkeeping/runs.ts';
import { readStateText } from '../bookkeeping/saved-state.ts';
import { readDatabase } from '../database/connection.ts';
import { databasePath } from '../database/file-path.ts';
import type { TargetSettings } from '../settings.ts';

/** Prints the last committed state as one line of JSON, or `{}` if there is no state. */
export async function printState({ database, state_id: stateId }: TargetSettings): Promise<void> {
  const text = readDatabase(database, (db) => readStateText(db, stateId)) ?? '{}';
  // JSON text can contain line breaks only between tokens, so replacing them is safe.
  await print(`${text.replaceAll(/[\r\n]+/g, ' ')}\n`);
}

/** Prints one line per run, from the oldest to the latest, as text or as JSON. */
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

/** Prints the number, time, stream, line and reason of each record, but not the values. */
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
