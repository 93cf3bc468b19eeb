/** With `load_method: overwrite`, rows are staged in a table that replaces the old table at the end. */

import { noteColumn } from '../bookkeeping/streams.ts';
import { quote } from './ddl.ts';
import { objectsOn, rename } from './rebuild.ts';
import type { DeclaredTable } from './rows.ts';
import type { Db } from './sqlite.ts';

const PREFIX = '_singer_staged_';

export function stagedName(table: string): string {
  return `${PREFIX}${table}`;
}

/** Drops the staging tables that earlier runs left behind. */
export function dropAllStaged(db: Db): void {
  const tables = db
    .prepare<[string], string>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, ${PREFIX.length}) = ?`,
    )
    .pluck()
    .all(PREFIX);
  for (const table of tables) db.exec(`DROP TABLE ${quote(table)}`);
}

/** Drops the staging table of a stream if there is one. */
export function dropStaged(db: Db, { table, finalTable }: DeclaredTable): void {
  if (table !== finalTable) db.exec(`DROP TABLE IF EXISTS ${quote(table)}`);
}

/** Replaces a table with its staging table. Joins the open transaction. */
export function swapStaged(db: Db, stream: string, declared: DeclaredTable): void {
  const { table, finalTable, columns } = declared;
  // The names of the staging table's indexes contain the name of that table. `rename` recreates the
  // old table's indexes.
  for (const { name } of objectsOn(db, table)) db.exec(`DROP INDEX ${quote(name)}`);
  rename(db, table, finalTable);
  db.prepare('DELETE FROM _singer_columns WHERE "table" = ?').run(finalTable);
  for (const column of columns) noteColumn(db, { ...column, stream, table: finalTable });
}
