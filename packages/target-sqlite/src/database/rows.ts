import type { DeclaredTable } from './declare.ts';
import { upsertSql } from './row-sql.ts';
import type { Bindable, Db } from './sqlite.ts';

/** @returns the function that puts one row into the table: its properties, then its metadata */
export function prepareRow(
  db: Db,
  { table, columns, metadata, key, unsent }: DeclaredTable,
): (...values: Bindable[]) => unknown {
  const names = [...columns.map(({ column }) => column), ...metadata];
  const statement = db.prepare<Bindable[]>(upsertSql(table, names, key, unsent));
  return statement.run.bind(statement);
}
