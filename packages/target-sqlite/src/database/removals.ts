import type { ChildTable } from '../family.ts';
import { deleteSql, equalsSql } from './row-sql.ts';
import type { Bindable, Db } from './sqlite.ts';
import { quote } from './table-sql.ts';

/** One statement that takes rows away. All its parameters but the mark are those of the condition. */
interface Removal {
  readonly sql: string;
  readonly marks: boolean;
}

/** The rows that shall go: those of a table that meet a condition. */
export interface Going {
  readonly table: string;
  readonly children: readonly ChildTable[];
  readonly where: string;
  readonly values: readonly Bindable[];
}

/** How rows go: marked in a column with the time, or removed where there is none. */
export interface Way {
  readonly mark: string | undefined;
  readonly at: string;
}

/** Takes rows away, and all that hangs on them, the lowest first. @returns how many went */
export function remove(db: Db, { table, children, where, values }: Going, way: Way): number {
  return execute(db, removals(table, children, where, way.mark), values, way.at);
}

/** The same without the rows themselves: only what hangs on them. */
export function removeBelow(db: Db, { table, children, where, values }: Going, way: Way): number {
  return execute(db, removalsBelow(table, children, where, way.mark), values, way.at);
}

function execute(
  db: Db,
  steps: readonly Removal[],
  values: readonly Bindable[],
  at: string,
): number {
  let rows = 0;
  for (const { sql, marks } of steps) {
    rows += db.prepare<Bindable[]>(sql).run(...(marks ? [at] : []), ...values).changes;
  }
  return rows;
}

function removals(
  table: string,
  children: readonly ChildTable[],
  where: string,
  mark: string | undefined,
): Removal[] {
  return [
    ...removalsBelow(table, children, where, mark),
    { sql: deleteSql(table, where, mark), marks: mark !== undefined },
  ];
}

function removalsBelow(
  table: string,
  children: readonly ChildTable[],
  where: string,
  mark: string | undefined,
): Removal[] {
  return children.flatMap((child) => {
    const join = child.pairs.map(
      ([below, above]) => `${quote(table)}.${quote(above)} = ${quote(child.table)}.${quote(below)}`,
    );
    const alive = mark === undefined ? [] : [`${quote(table)}.${quote(mark)} IS NULL`];
    const condition = [...join, ...alive, where].join(' AND ');
    const hangs = `EXISTS (SELECT 1 FROM ${quote(table)} WHERE ${condition})`;
    return removals(child.table, child.children, hangs, mark);
  });
}

/** Clears the children of one row of the parent. */
export interface Clearing {
  /** The parent's columns whose values say which children are its own. */
  readonly columns: readonly string[];
  readonly clear: (at: string, values: readonly Bindable[]) => void;
}

export function prepareClearing(db: Db, child: ChildTable, mark: string | undefined): Clearing {
  const where = equalsSql(
    child.table,
    child.pairs.map(([column]) => column),
  );
  const statements = removals(child.table, child.children, where, mark).map(({ sql, marks }) => ({
    statement: db.prepare<Bindable[]>(sql),
    marks,
  }));
  return {
    columns: child.pairs.map(([, column]) => column),
    clear: (at, values) => {
      for (const { statement, marks } of statements) {
        if (marks) statement.run(at, ...values);
        else statement.run(...values);
      }
    },
  };
}
