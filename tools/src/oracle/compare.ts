import { DatabaseSync } from 'node:sqlite';
import { columnsOf, expectations, expectedRows } from './tables.ts';

interface Account {
  rows(set: string): readonly object[];
}

/** One line for each difference between the database and the account; none when they are equal. */
export function differences(database: string, account: Account): string[] {
  const reader = new DatabaseSync(database, { readOnly: true });
  try {
    return Object.keys(expectations).flatMap((table) => tableDifferences(reader, table, account));
  } finally {
    reader.close();
  }
}

function tableDifferences(reader: DatabaseSync, table: string, account: Account): string[] {
  const columns = columnsOf(table);
  const names = columns.map((name) => `"${name}"`).join(', ');
  // A row that went is marked, unless the target was told to delete it.
  const marked = reader.prepare(`SELECT name FROM pragma_table_info(?)`).all(table);
  const live = marked.some(({ name }) => name === '_sdc_deleted_at')
    ? 'WHERE _sdc_deleted_at IS NULL'
    : '';
  const statement = reader.prepare(`SELECT ${names} FROM "${table}" ${live}`);
  statement.setReadBigInts(true);
  const rows = statement.all();
  return told(table, rows.length, compareRows(table, account, rows));
}

/** How the rows of a table differ from the account's: those it lacks, and those it has too many. */
export interface RowDifferences {
  readonly lacks: readonly string[];
  readonly has: readonly string[];
}

/**
 * Compares rows that were read from anywhere with the account's.
 *
 * @param seen what a database shows of a cell, where that is less than the cell; asked of both sides
 */
export function compareRows(
  table: string,
  account: Account,
  actual: readonly Readonly<Record<string, unknown>>[],
  seen: (cell: unknown) => unknown = (cell) => cell,
): RowDifferences {
  const columns = columnsOf(table);
  const rest = new Map<string, number>();
  const count = (row: Readonly<Record<string, unknown>>, by: number): void => {
    const key = JSON.stringify(columns.map((name) => plain(seen(row[name]))));
    rest.set(key, (rest.get(key) ?? 0) + by);
  };
  for (const row of actual) count(row, 1);
  for (const row of expectedRows(table, account)) count(row, -1);
  const where = (sign: 1 | -1): string[] =>
    [...rest].flatMap(([row, times]) => Array<string>(Math.max(times * sign, 0)).fill(row));
  return { lacks: where(-1), has: where(1) };
}

/** Numbers as text, so that 5 and 5n and 5.0 are one; texts marked, so that '5' is not. */
function plain(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return `'${value}`;
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
}

function told(table: string, rows: number, { lacks, has }: RowDifferences): string[] {
  const wanted = rows - has.length + lacks.length;
  const count = rows === wanted ? [] : [`${rows} rows, not ${wanted}`];
  const details = [...has.map((row) => `has ${row}`), ...lacks.map((row) => `lacks ${row}`)];
  const faults = [...count, ...details.sort().slice(0, 4)].map((fault) => `${table} ${fault}`);
  return faults.length === 0 ? [] : [...faults, `${table} columns: ${columnsOf(table).join(', ')}`];
}
