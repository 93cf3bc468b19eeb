import { RECEIVED_AT, type ColumnType, type MetadataColumn } from './columns.ts';
import { quote, quoteAll } from './ddl.ts';
import type { Bindable, Db } from './sqlite.ts';

/** A property and its column. */
export interface BoundColumn {
  readonly property: string;
  readonly column: string;
  readonly type: ColumnType;
}

/** A stream's table, ready for rows. */
export interface DeclaredTable {
  /** The table that rows are inserted into. */
  readonly table: string;
  /** The stream's table. Differs from `table` only while rows are staged. */
  readonly finalTable: string;
  readonly columns: readonly BoundColumn[];
  readonly metadata: readonly MetadataColumn[];
  /** Column names; empty if rows are appended. */
  readonly key: readonly string[];
  /** Columns of properties that the schema no longer declares. */
  readonly unsent: readonly string[];
}

/** @returns a function that inserts a row; it takes the property values and then the metadata values */
export function prepareInsert(
  db: Db,
  { table, columns, metadata, key, unsent }: DeclaredTable,
): (...values: Bindable[]) => unknown {
  const names = [...columns.map(({ column }) => column), ...metadata];
  const statement = db.prepare<Bindable[]>(upsertSql(table, names, key, unsent));
  return statement.run.bind(statement);
}

/** True if the row with the given key was loaded after the given time. */
export function hasNewerRow(
  db: Db,
  { table, key, metadata }: DeclaredTable,
  values: readonly Bindable[],
  time: string,
): boolean {
  if (key.length === 0 || !metadata.includes(RECEIVED_AT)) return false;
  const sql = `SELECT 1 FROM ${quote(table)} WHERE ${equalsSql(table, key)} AND ${RECEIVED_AT} > ?`;
  return db.prepare<Bindable[]>(sql).get(...values, time) !== undefined;
}

/**
 * Inserts a row or, if the table has a key, updates an existing row with the same key. A record is
 * the whole row, so columns without a value in the record (`reset`) become NULL.
 */
function upsertSql(
  table: string,
  columns: readonly string[],
  key: readonly string[],
  reset: readonly string[],
): string {
  const insert = `INSERT INTO ${quote(table)} (${quoteAll(columns)}) VALUES (${columns.map(() => '?').join(', ')})`;
  if (key.length === 0) return insert;
  const changes = [
    ...columns
      .filter((name) => !key.includes(name))
      .map((name) => `${quote(name)} = excluded.${quote(name)}`),
    ...reset.map((name) => `${quote(name)} = NULL`),
  ];
  const action = changes.length === 0 ? 'NOTHING' : `UPDATE SET ${changes.join(', ')}`;
  return `${insert} ON CONFLICT (${quoteAll(key)}) DO ${action}`;
}

export function equalsSql(table: string, columns: readonly string[]): string {
  return columns.map((name) => `${quote(table)}.${quote(name)} = ?`).join(' AND ');
}
