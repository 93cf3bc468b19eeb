import { log, print } from '@exact-spotter/singer';
import { readDatabase } from '../database/connection.ts';
import { databasePath } from '../database/path.ts';
import { listRuns, type RunRow } from '../database/runs-table.ts';
import type { TargetSettings } from '../settings.ts';

/** Prints one line per run, the latest last, as text or as JSON. */
export async function printRuns({ database }: TargetSettings, asJson: boolean): Promise<void> {
  const runs = readDatabase(database, listRuns) ?? [];
  await print(runs.map((run) => `${asJson ? JSON.stringify(run) : sentence(run)}\n`).join(''));
  if (runs.length === 0) log.info(`The database ${databasePath(database)} has no runs yet.`);
}

function sentence(run: RunRow): string {
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
