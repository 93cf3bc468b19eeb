import { log, print, ProgramError } from '@exact-spotter/singer';
import { readDatabase } from '../database/connection.ts';
import { knownStreams } from '../database/name-map.ts';
import { databasePath } from '../database/path.ts';
import { listRuns } from '../database/runs-table.ts';
import type { Db } from '../database/sqlite.ts';
import {
  countOf,
  findOrphans,
  integrityFaults,
  rowsSince,
  type Orphans,
} from '../database/verification.ts';
import type { TargetSettings } from '../settings.ts';

/**
 * What a check found. `gap`: rows refer to what is not there, as a source may leave them. `off`:
 * something must be looked into.
 */
interface Finding {
  readonly verdict: 'ok' | 'gap' | 'off';
  readonly text: string;
}

/**
 * Prints what it finds: whether the file is sound, the rows of each table beside those that the
 * last run loaded, and the rows of each relationship that have no counterpart. A reference is a
 * join and no promise, so its gaps are named as such; a child without its parent is off.
 * @throws ProgramError when something is off
 */
export async function verify(settings: TargetSettings): Promise<void> {
  const path = databasePath(settings.database);
  const findings = readDatabase(settings.database, (db) => [
    ...integrity(db),
    ...tables(db, settings),
    ...findOrphans(db).map(orphans),
  ]);
  if (!findings) throw new ProgramError(`There is no database at ${path} to verify.`);
  await print(findings.map(line).join(''));
  const count = (one: Finding['verdict']): number =>
    findings.filter(({ verdict }) => verdict === one).length;
  if (count('off') > 0)
    throw new ProgramError(`Not all is well with ${path}: findings that are off: ${count('off')}.`);
  log.info(
    count('gap') === 0
      ? 'All is well.'
      : `All is well, but for relationships with gaps: ${count('gap')}. The source may leave such.`,
  );
}

function line({ verdict, text }: Finding): string {
  return `${(verdict === 'off' ? 'OFF' : verdict).padEnd(4)}${text}\n`;
}

function integrity(db: Db): Finding[] {
  const faults = integrityFaults(db);
  if (faults.length === 0) return [{ verdict: 'ok', text: 'the file is sound' }];
  return faults.map((fault) => ({ verdict: 'off', text: `the file is damaged: ${fault}` }));
}

function tables(db: Db, { table_prefix, hard_delete, state_id }: TargetSettings): Finding[] {
  const runs = listRuns(db);
  const last = runs.findLast((run) => run.outcome === 'done' && run.state_id === state_id);
  // Rows of the pipe's last run that ended well may have been written again by one that did not.
  const isLatest = last === runs.at(-1);
  return knownStreams(db, table_prefix).map(({ stream, table }) => {
    const rows = countOf(db, table);
    const loaded = last?.rows[stream] ?? 0;
    const found = last && rowsSince(db, table, Date.parse(last.started_at));
    const parts = [`${table}: ${rows} rows`];
    if (loaded > 0) parts.push(`${loaded} loaded by the last run`);
    if (loaded > 0 && isLatest && found !== undefined) parts.push(`${found} of them found`);
    // Several records of one key make one row, so fewer may stand than were loaded, but not none:
    // unless they were removed again by what came behind them.
    const isLost = loaded > 0 && !hard_delete && (found ?? rows) === 0;
    const isDoubled = isLatest && (found ?? 0) > loaded;
    return { verdict: isLost || isDoubled ? 'off' : 'ok', text: parts.join(', ') };
  });
}

function orphans({ relationship, rows, isParent }: Orphans): Finding {
  if (rows === 0) return { verdict: 'ok', text: `${relationship}: every row has its counterpart` };
  return {
    verdict: isParent ? 'off' : 'gap',
    text: `${relationship}: ${rows} rows without a counterpart`,
  };
}
