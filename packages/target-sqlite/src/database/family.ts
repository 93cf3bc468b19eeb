import { readParent } from '@exact-spotter/schema/vocabulary';
import { knownColumns } from './name-map.ts';
import { equalsSql, deleteSql } from './row-sql.ts';
import type { Bindable, Db } from './sqlite.ts';
import { quote } from './table-sql.ts';

/** A table whose rows belong to the rows of another, by the columns that hold the same values. */
export interface ChildTable {
  readonly table: string;
  /** Pairs of a column of the child and one of its parent. */
  readonly pairs: readonly (readonly [string, string])[];
  readonly children: readonly ChildTable[];
}

interface StreamRow {
  readonly table: string;
  readonly stream: string;
  readonly schema: string;
}

/**
 * The tables below a stream's, as `x-parent` of their schemas tells.
 * @param counts which streams count; the rest of the family stays out
 */
export function childTables(
  db: Db,
  prefix: string,
  stream: string,
  counts: (stream: string) => boolean = () => true,
): ChildTable[] {
  const rows = db
    .prepare<[string], StreamRow>(
      'SELECT "table", stream, schema FROM _singer_streams WHERE table_prefix = ?',
    )
    .all(prefix.toWellFormed());
  return below(db, rows, stream, counts, new Set([stream]));
}

function below(
  db: Db,
  rows: readonly StreamRow[],
  stream: string,
  counts: (stream: string) => boolean,
  seen: ReadonlySet<string>,
): ChildTable[] {
  const parentTable = rows.find((row) => row.stream === stream)?.table ?? '';
  const parentColumns = knownColumns(db, parentTable);
  return rows.flatMap((row) => {
    const parent = readParent(JSON.parse(row.schema) as Readonly<Record<string, unknown>>);
    if (parent?.table !== stream || seen.has(row.stream) || !counts(row.stream)) return [];
    const columns = knownColumns(db, row.table);
    const pairs = Object.entries(parent.columns).flatMap(([property, of]) => {
      const [child, above] = [columns.get(property)?.column, parentColumns.get(of)?.column];
      return child === undefined || above === undefined ? [] : [[child, above] as const];
    });
    if (pairs.length < Object.keys(parent.columns).length) return [];
    const children = below(db, rows, row.stream, counts, new Set([...seen, row.stream]));
    return [{ table: row.table, pairs, children }];
  });
}

/** One statement that takes rows away; all its parameters but the mark are those of the condition. */
export interface Removal {
  readonly sql: string;
  readonly marks: boolean;
}

/**
 * The statements that take rows of a table away, and all that hangs on them, the lowest first.
 * @param mark the column that marks a row as gone; without it rows are removed
 */
export function removals(
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

/** The same without the rows themselves: only what hangs on them. */
export function removalsBelow(
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

/** Runs removals with the values of their condition. @returns the rows that went */
export function remove(
  db: Db,
  steps: readonly Removal[],
  markedAt: string,
  values: readonly Bindable[],
): number {
  let rows = 0;
  for (const { sql, marks } of steps) {
    rows += db.prepare(sql).run(...(marks ? [markedAt] : []), ...values).changes;
  }
  return rows;
}

/** Clears the children of one row. */
export interface Clearing {
  /** The columns of the parent whose values say which children are its own. */
  readonly columns: readonly string[];
  readonly clear: (markedAt: string, values: readonly Bindable[]) => void;
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
    clear: (markedAt, values) => {
      for (const { statement, marks } of statements) {
        if (marks) statement.run(markedAt, ...values);
        else statement.run(...values);
      }
    },
  };
}
