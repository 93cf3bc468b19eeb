import { NameSet } from './names.ts';
import { takenNames } from './introspect.ts';
import type { Db } from './sqlite.ts';
import { createIndexSql } from './ddl.ts';

/** Creates an index on columns of a table, unless an index or the key begins with them. */
export function indexColumns(db: Db, table: string, columns: readonly string[]): void {
  if (indexes(db, table).some((existing) => columns.every((name, at) => existing[at] === name))) {
    return;
  }
  // Indexes share a namespace with tables: no stream is likely to have such a name.
  const name = new NameSet(takenNames(db)).claim(`ix_${table}_${columns.join('_')}`);
  db.exec(createIndexSql(name, table, columns));
}

/** The columns of every index of a table, in order. The key counts as an index. */
function indexes(db: Db, table: string): string[][] {
  const rows = db
    .prepare<[string], { readonly name: string; readonly column: string }>(
      `SELECT list.name, info.name AS "column" FROM pragma_index_list(?) AS list
       JOIN pragma_index_info(list.name) AS info WHERE list.partial = 0 ORDER BY list.seq, info.seqno`,
    )
    .all(table);
  const key = db
    .prepare<[string], string>('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk')
    .pluck()
    .all(table);
  const byIndex = Map.groupBy(rows, ({ name }) => name);
  return [key, ...[...byIndex.values()].map((parts) => parts.map(({ column }) => column))];
}
