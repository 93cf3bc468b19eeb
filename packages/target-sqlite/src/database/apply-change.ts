import { NameSet } from '../names.ts';
import { describeTable } from './describe.ts';
import { rebuild } from './rebuild.ts';
import type { Db } from './sqlite.ts';
import type { TableChange } from './table-change.ts';
import { addColumnSql, createTableSql, quote, type ColumnShape } from './table-sql.ts';

/** Carries out a change of a table; to be called inside a transaction. */
export function applyChange(db: Db, { kind, from, to }: TableChange): void {
  if (kind === 'create') db.exec(createTableSql(to));
  if (kind === 'rebuild' && from) rebuild(db, from, to);
  if (kind === 'add') {
    const added = to.columns.slice(from?.columns.length ?? 0);
    for (const column of added) db.exec(addColumnSql(to.name, column));
  }
}

export function ensureColumn(db: Db, table: string, column: ColumnShape): void {
  const standing = describeTable(db, table, new Map())?.columns.map(({ name }) => name) ?? [];
  if (!new NameSet(standing).has(column.name)) db.exec(addColumnSql(table, column));
}

/** True when a column holds a whole number that a double cannot. */
export function holdsLongIntegers(db: Db, table: string, column: string): boolean {
  const sql = `SELECT 1 FROM ${quote(table)} WHERE typeof(${quote(column)}) = 'integer'
    AND ${quote(column)} NOT BETWEEN -9007199254740992 AND 9007199254740992 LIMIT 1`;
  return db.prepare(sql).get() !== undefined;
}
