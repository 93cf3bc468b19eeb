import { sortableInstant } from '@exact-spotter/singer';
import { quote } from './ddl.ts';
import { equalsSql } from './rows.ts';
import type { Bindable, Db } from './sqlite.ts';

/** A table whose rows belong to rows of another table, linked by columns with equal values. */
export interface ChildTable {
  readonly table: string;
  /** Pairs of a child column and the parent column with the same value. */
  readonly pairs: readonly (readonly [string, string])[];
  readonly children: readonly ChildTable[];
}

/** Selects rows of a table, and names the tables that hold their children. */
export interface Selection {
  readonly table: string;
  readonly children: readonly ChildTable[];
  /** A condition in SQL. */
  readonly where: string;
  /** The values of its parameters. */
  readonly values: readonly Bindable[];
}

export interface HowToDelete {
  /** The column that stores the time of a soft delete; undefined for a hard delete. */
  readonly mark: string | undefined;
  readonly at: string;
}

/** Deletes rows and their descendants, lowest level first. @returns the number of deleted rows */
export function deleteRows(db: Db, rows: Selection, { mark, at }: HowToDelete): number {
  return execute(db, deletions(rows.table, rows.children, rows.where, mark), rows.values, at);
}

/**
 * Deletes the descendants of rows, but not the rows themselves. @returns the number of deleted rows
 */
export function deleteBelow(db: Db, rows: Selection, { mark, at }: HowToDelete): number {
  return execute(db, deletionsBelow(rows.table, rows.children, rows.where, mark), rows.values, at);
}

/** Deletes the children of one row of the parent. */
export interface ChildDeletion {
  /** The parent's columns that identify the row's children. */
  readonly columns: readonly string[];
  /** @param values the values of these columns */
  readonly deleteOf: (at: string, values: readonly Bindable[]) => void;
}

export function prepareChildDeletion(
  db: Db,
  child: ChildTable,
  mark: string | undefined,
): ChildDeletion {
  const where = equalsSql(
    child.table,
    child.pairs.map(([column]) => column),
  );
  const statements = deletions(child.table, child.children, where, mark).map(
    ({ sql, takesTime }) => ({ statement: db.prepare<Bindable[]>(sql), takesTime }),
  );
  return {
    columns: child.pairs.map(([, column]) => column),
    deleteOf: (at, values) => {
      for (const { statement, takesTime } of statements) {
        if (takesTime) statement.run(at, ...values);
        else statement.run(...values);
      }
    },
  };
}

/**
 * One statement. If it sets a deletion time, its first parameter is that time; the condition's
 * parameters follow.
 */
interface Deletion {
  readonly sql: string;
  readonly takesTime: boolean;
}

function execute(
  db: Db,
  steps: readonly Deletion[],
  values: readonly Bindable[],
  at: string,
): number {
  let rows = 0;
  for (const { sql, takesTime } of steps) {
    rows += db.prepare<Bindable[]>(sql).run(...(takesTime ? [at] : []), ...values).changes;
  }
  return rows;
}

function deletions(
  table: string,
  children: readonly ChildTable[],
  where: string,
  mark: string | undefined,
): Deletion[] {
  return [
    ...deletionsBelow(table, children, where, mark),
    { sql: deleteSql(table, where, mark), takesTime: mark !== undefined },
  ];
}

function deletionsBelow(
  table: string,
  children: readonly ChildTable[],
  where: string,
  mark: string | undefined,
): Deletion[] {
  return children.flatMap((child) => {
    const join = child.pairs.map(
      ([below, above]) => `${quote(table)}.${quote(above)} = ${quote(child.table)}.${quote(below)}`,
    );
    const alive = mark === undefined ? [] : [`${quote(table)}.${quote(mark)} IS NULL`];
    const condition = [...join, ...alive, where].join(' AND ');
    const hasParent = `EXISTS (SELECT 1 FROM ${quote(table)} WHERE ${condition})`;
    return deletions(child.table, child.children, hasParent, mark);
  });
}

/** A soft delete does not change rows that are already marked. */
function deleteSql(table: string, where: string, markColumn: string | undefined): string {
  if (markColumn === undefined) return `DELETE FROM ${quote(table)} WHERE ${where}`;
  const mark = quote(markColumn);
  return `UPDATE ${quote(table)} SET ${mark} = ? WHERE ${mark} IS NULL AND ${where}`;
}

/** Builds a condition for rows that have an older version or no version. */
export function olderVersionSql(table: string, column: string): string {
  const version = `${quote(table)}.${quote(column)}`;
  return `(${version} < ? OR ${version} IS NULL)`;
}

/** Builds a condition for rows in which the column, compared as an instant, lies in [?, ?). */
export function inRangeSql(table: string, column: string): string {
  const instant = `singer_instant(${quote(table)}.${quote(column)})`;
  return `(${instant} >= singer_instant(?) AND ${instant} < singer_instant(?))`;
}

/**
 * Adds the function `singer_instant` to SQL. The function turns an instant into text that sorts
 * chronologically. It returns numbers unchanged, and NULL for other text, so that no range contains
 * that text.
 */
export function registerInstant(db: Db): void {
  // A range condition calls the function with the same text twice in a row, so the last result is cached.
  let text = '';
  let instant: string | null = null;
  db.function('singer_instant', { deterministic: true }, (value: unknown) => {
    if (typeof value !== 'string') return value;
    if (value !== text) {
      text = value;
      instant = sortableInstant(text) ?? null;
    }
    return instant;
  });
}
