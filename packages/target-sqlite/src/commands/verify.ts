import { print, ProgramError } from '@exact-spotter/singer';
import { readDatabase } from '../database/connection.ts';
import { knownStreams } from '../database/name-map.ts';
import { listRuns } from '../database/runs.ts';
import type { Db } from '../database/sqlite.ts';
import { countOf, findOrphans, integrityFaults, rowsOfRun } from '../database/verification.ts';
import type { TargetSettings } from '../program.ts';

/** What a check found, as a line; `isOff` where something must be looked into. */
interface Finding {
  readonly text: string;
  readonly isOff: boolean;
}

/**
 * Prints what it finds: whether the file is sound, the rows of each table beside those that the
 * last run loaded, and the rows of each relationship that have no counterpart. A reference is a
 * join and no promise, so its gaps are counted and no more; a child without its parent is off.
 * @throws ProgramError when something is off
 */
export async function verify({ database, table_prefix }: TargetSettings): Promise<void> {
  const findings = readDatabase(database, (db) => [
    ...integrity(db),
    ...tables(db, table_prefix),
    ...findOrphans(db).map(orphans),
  ]);
  if (!findings) throw new ProgramError(`There is no database at ${database} to verify.`);
  await print(findings.map(({ text, isOff }) => `${isOff ? 'OFF ' : 'ok  '}${text}\n`).join(''));
  const off = findings.filter(({ isOff }) => isOff).length;
  if (off > 0)
    throw new ProgramError(`Not all is well with ${database}: findings that are off: ${off}.`);
}

function integrity(db: Db): Finding[] {
  const faults = integrityFaults(db);
  if (faults.length === 0) return [{ text: 'the file is sound', isOff: false }];
  return faults.map((fault) => ({ text: `the file is damaged: ${fault}`, isOff: true }));
}

function tables(db: Db, prefix: string): Finding[] {
  const last = listRuns(db).findLast(({ outcome }) => outcome === 'done');
  return knownStreams(db, prefix).map(({ stream, table }) => {
    const rows = countOf(db, table);
    const loaded = last?.rows[stream] ?? 0;
    const found = last && rowsOfRun(db, table, Date.parse(last.started_at));
    const parts = [`${table}: ${rows} rows`];
    if (loaded > 0) parts.push(`${loaded} loaded by the last run`);
    if (loaded > 0 && found !== undefined) parts.push(`${found} of them found`);
    // Several records of one key make one row, so fewer may stand than were loaded, but not none.
    const isOff = loaded > 0 && (found ?? rows) === 0;
    return { text: parts.join(', '), isOff: isOff || (found ?? 0) > loaded };
  });
}

function orphans({
  relationship,
  rows,
  isParent,
}: ReturnType<typeof findOrphans>[number]): Finding {
  return {
    text: `${relationship}: ${rows} rows without a counterpart`,
    isOff: isParent && rows > 0,
  };
}
