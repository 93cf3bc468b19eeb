import { log, print, ProgramError } from '@exact-spotter/singer';
import { listRuns } from '../bookkeeping/runs.ts';
import { knownStreams } from '../bookkeeping/streams.ts';
import { readDatabase } from '../database/connection.ts';
import { databasePath } from '../database/file-path.ts';
import type { Db } from '../database/sqlite.ts';
import {
  countOf,
  findOrphans,
  integrityProblems,
  rowsSince,
  type Orphans,
} from '../database/verification.ts';
import type { TargetSettings } from '../settings.ts';

/** The result of a check. `gap` means that rows refer to missing rows; `off` means that there is a problem. */
interface Finding {
  readonly verdict: 'ok' | 'gap' | 'off';
  readonly text: string;
}

/**
 * Checks that the file is intact, compares each table with the rows that the last run loaded, and
 * counts, for each relationship, the rows that refer to a missing row. Sources do not guarantee
 * that a referenced row exists, so such rows are only gaps, but a child without its parent is a
 * problem.
 * @throws ProgramError if there is a problem
 */
export async function verify(settings: TargetSettings): Promise<void> {
  const path = databasePath(settings.database);
  const findings = readDatabase(settings.database, (db) => [
    ...integrity(db),
    ...tables(db, settings),
    ...findOrphans(db).map(orphans),
  ]);
  if (!findings) throw new ProgramError(`There is no database at ${path}.`);
  await print(findings.map(line).join(''));
  const count = (one: Finding['verdict']): number =>
    findings.filter(({ verdict }) => verdict === one).length;
  if (count('off') > 0)
    throw new ProgramError(`Verification of ${path} failed: ${problems(count('off'))} found.`);
  log.info(
    count('gap') === 0
      ? 'No problems found.'
      : `No problems found. Relationships with gaps: ${count('gap')}; the source may not have the missing rows.`,
  );
}

function problems(count: number): string {
  return count === 1 ? '1 problem' : `${count} problems`;
}

function line({ verdict, text }: Finding): string {
  return `${(verdict === 'off' ? 'OFF' : verdict).padEnd(4)}${text}\n`;
}

function integrity(db: Db): Finding[] {
  const problems = integrityProblems(db);
  if (problems.length === 0) return [{ verdict: 'ok', text: 'the file is intact' }];
  return problems.map((problem) => ({ verdict: 'off', text: `the file is damaged: ${problem}` }));
}

function tables(db: Db, { table_prefix, hard_delete, state_id }: TargetSettings): Finding[] {
  const runs = listRuns(db);
  const last = runs.findLast((run) => run.outcome === 'done' && run.state_id === state_id);
  // A later run that failed or was stopped may have rewritten rows of the last successful run.
  const isLatest = last === runs.at(-1);
  return knownStreams(db, table_prefix).map(({ stream, table }) => {
    const rows = countOf(db, table);
    const loaded = last?.rows[stream] ?? 0;
    const found = last && rowsSince(db, table, Date.parse(last.started_at));
    const parts = [`${table}: ${rows} rows`];
    if (loaded > 0) parts.push(`${loaded} loaded by the last run`);
    if (loaded > 0 && isLatest && found !== undefined) parts.push(`${found} of them found`);
    // Records with the same key become one row, so there may be fewer rows than loaded records. If
    // all rows are missing, that is a problem unless the run itself deleted them with
    // `hard_delete`.
    const isLost = loaded > 0 && !hard_delete && (found ?? rows) === 0;
    const isDoubled = isLatest && (found ?? 0) > loaded;
    return { verdict: isLost || isDoubled ? 'off' : 'ok', text: parts.join(', ') };
  });
}

function orphans({ relationship, rows, isParent }: Orphans): Finding {
  if (rows === 0) return { verdict: 'ok', text: `${relationship}: every row has a match` };
  return {
    verdict: isParent ? 'off' : 'gap',
    text: `${relationship}: ${rows} rows without a match`,
  };
}
