import { quote } from './ddl.ts';
import { noteColumn } from './name-map.ts';
import { objectsOn, rename } from './rebuild.ts';
import type { DeclaredTable } from './rows.ts';
import type { Db } from './sqlite.ts';

/** Tables in which the rows of a run are gathered, to take the place of the old ones at its end. */

const PREFIX = '_singer_staged_';

export function stagedName(table: string): string {
  return `${PREFIX}${table}`;
}

/** Drops what a run that ended early has left. */
export function dropAllStaged(db: Db): void {
  const tables = db
    .prepare<[string], string>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, ${PREFIX.length}) = ?`,
    )
    .pluck()
    .all(PREFIX);
  for (const table of tables) db.exec(`DROP TABLE ${quote(table)}`);
}

/** Drops what a run has gathered; another that is at work keeps its own. */
export function dropStaged(db: Db, { table, finalTable }: DeclaredTable): void {
  if (table !== finalTable) db.exec(`DROP TABLE IF EXISTS ${quote(table)}`);
}

/** Puts the gathered rows in the place of the old ones; to be called inside the last transaction. */
export function swapStaged(db: Db, stream: string, declared: DeclaredTable): void {
  const { table, finalTable, columns } = declared;
  // Indexes that served the gathering bear its name: those of the old table are made again.
  for (const { name } of objectsOn(db, table)) db.exec(`DROP INDEX ${quote(name)}`);
  rename(db, table, finalTable);
  db.prepare('DELETE FROM _singer_columns WHERE "table" = ?').run(finalTable);
  for (const column of columns) noteColumn(db, { ...column, stream, table: finalTable });
}
