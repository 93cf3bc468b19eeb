import { readParent } from '@exact-spotter/singer';
import { DELETED_AT } from './columns.ts';
import { describeTable } from './introspect.ts';
import type { Db } from './sqlite.ts';
import { quote, type ReferenceShape } from './ddl.ts';

/** @returns the problems that SQLite's integrity check finds; empty if the file is intact */
export function integrityProblems(db: Db): string[] {
  const problems = db.prepare<[], string>('PRAGMA integrity_check').pluck().all();
  return problems.filter((problem) => problem !== 'ok');
}

export function countOf(db: Db, table: string): number {
  if (columnsOf(db, table).length === 0) return 0;
  return Number(
    db
      .prepare(`SELECT count(*) FROM ${quote(table)}`)
      .pluck()
      .get(),
  );
}

/** Counts the rows written by runs that started at or after a time. @returns undefined without metadata columns */
export function rowsSince(db: Db, table: string, startedAt: number): number | undefined {
  if (!columnsOf(db, table).includes('_sdc_sync_started_at')) return undefined;
  const sql = `SELECT count(*) FROM ${quote(table)} WHERE _sdc_sync_started_at >= ?`;
  return Number(db.prepare<[number]>(sql).pluck().get(startedAt));
}

export interface Orphans {
  readonly relationship: string;
  readonly rows: number;
  /** True if the rows are children without a parent, false for other references. */
  readonly isParent: boolean;
}

/** Counts, for each declared relationship, the rows that refer to a missing row. */
export function findOrphans(db: Db): Orphans[] {
  const streams = db
    .prepare<[], { readonly table: string; readonly stream: string; readonly schema: string }>(
      'SELECT "table", stream, schema FROM _singer_streams ORDER BY "table"',
    )
    .all();
  return streams.flatMap(({ table, schema }) => {
    const parent = readParent(JSON.parse(schema) as Readonly<Record<string, unknown>>);
    const parentTable = streams.find(({ stream }) => stream === parent?.table)?.table;
    const references = describeTable(db, table, new Map())?.references ?? [];
    return references
      .filter((reference) => columnsOf(db, reference.table).length > 0)
      .map((reference) => ({
        relationship: `${table} (${reference.columns.join(', ')}) to ${reference.table}`,
        rows: countOrphans(db, table, reference),
        isParent: parentTable === reference.table,
      }));
  });
}

function countOrphans(
  db: Db,
  table: string,
  { columns, table: other, to }: ReferenceShape,
): number {
  const present = columns.map((column) => `here.${quote(column)} IS NOT NULL`);
  const same = columns.map(
    (column, at) => `there.${quote(to[at] ?? column)} = here.${quote(column)}`,
  );
  const alive = columnsOf(db, table).includes(DELETED_AT) ? [`here.${DELETED_AT} IS NULL`] : [];
  const sql = `SELECT count(*) FROM ${quote(table)} AS here WHERE ${[...present, ...alive].join(' AND ')}
    AND NOT EXISTS (SELECT 1 FROM ${quote(other)} AS there WHERE ${same.join(' AND ')})`;
  return Number(db.prepare(sql).pluck().get());
}

function columnsOf(db: Db, table: string): string[] {
  return db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table);
}
