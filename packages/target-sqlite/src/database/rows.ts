import type { DeclaredTable } from './declare.ts';
import { RECEIVED_AT } from '../metadata-columns.ts';
import { equalsSql, upsertSql } from './row-sql.ts';
import type { Bindable, Db } from './sqlite.ts';
import { quote } from './table-sql.ts';

/** @returns the function that puts one row into the table: its properties, then its metadata */
export function prepareRow(
  db: Db,
  { table, columns, metadata, key, unsent }: DeclaredTable,
): (...values: Bindable[]) => unknown {
  const names = [...columns.map(({ column }) => column), ...metadata];
  const statement = db.prepare<Bindable[]>(upsertSql(table, names, key, unsent));
  return statement.run.bind(statement);
}

/** True where a row of the same key came later than a record that was kept aside. */
export function wasOvertaken(
  db: Db,
  { table, key, metadata }: DeclaredTable,
  values: readonly Bindable[],
  keptAt: string,
): boolean {
  if (key.length === 0 || !metadata.includes(RECEIVED_AT)) return false;
  const sql = `SELECT 1 FROM ${quote(table)} WHERE ${equalsSql(table, key)} AND ${RECEIVED_AT} > ?`;
  return db.prepare<Bindable[]>(sql).get(...values, keptAt) !== undefined;
}
