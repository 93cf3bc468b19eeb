import { quote, quoteAll } from './table-sql.ts';

/**
 * One row: by its key where there is one, else appended. `reset` names columns that the row does
 * not bring: a record is the whole row, so an old value of theirs does not outlive it.
 */
export function upsertSql(
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

/** Takes rows away: removes them, or marks those that bear no mark yet. */
export function deleteSql(table: string, where: string, markColumn: string | undefined): string {
  if (markColumn === undefined) return `DELETE FROM ${quote(table)} WHERE ${where}`;
  const mark = quote(markColumn);
  return `UPDATE ${quote(table)} SET ${mark} = ? WHERE ${mark} IS NULL AND ${where}`;
}

/** Rows of an older version, or of none. */
export function olderVersionSql(table: string, column: string): string {
  const version = `${quote(table)}.${quote(column)}`;
  return `(${version} < ? OR ${version} IS NULL)`;
}

/** Rows whose column lies in [?, ?), compared as instants. */
export function inRangeSql(table: string, column: string): string {
  const instant = `singer_instant(${quote(table)}.${quote(column)})`;
  return `(${instant} >= singer_instant(?) AND ${instant} < singer_instant(?))`;
}
