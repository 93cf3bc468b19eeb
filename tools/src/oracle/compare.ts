import { DatabaseSync } from 'node:sqlite';
import { columnsOf, expectations, expectedRows } from './expected-tables.ts';

interface Account {
  rows(set: string): readonly object[];
}

/**
 * Returns the differences between the database and the account, or an empty list if they are equal.
 * @param tables the tables to compare (default: those that are selected by default)
 */
export function differences(
  database: string,
  account: Account,
  tables = Object.keys(expectations),
): string[] {
  const reader = new DatabaseSync(database, { readOnly: true });
  try {
    return tables.flatMap((table) => tableDifferences(reader, table, account));
  } finally {
    reader.close();
  }
}

function tableDifferences(reader: DatabaseSync, table: string, account: Account): string[] {
  const columns = columnsOf(table);
  const names = columns.map((name) => `"${name}"`).join(', ');
  // If the target keeps deleted rows, it marks them in this column.
  const marked = reader.prepare(`SELECT name FROM pragma_table_info(?)`).all(table);
  const live = marked.some(({ name }) => name === '_sdc_deleted_at')
    ? 'WHERE _sdc_deleted_at IS NULL'
    : '';
  const statement = reader.prepare(`SELECT ${names} FROM "${table}" ${live}`);
  statement.setReadBigInts(true);
  const rows = statement.all();
  return describe(table, rows.length, compareRows(table, account, rows));
}

/** The rows that only the account has, and the rows that only the table has. */
export interface RowDifferences {
  readonly lacks: readonly string[];
  readonly has: readonly string[];
}

/**
 * Compares rows from any source with the account's rows.
 * @param seen converts cells of both sides to a form that the source can represent
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
    const key = JSON.stringify(columns.map((name) => comparable(seen(row[name]))));
    rest.set(key, (rest.get(key) ?? 0) + by);
  };
  for (const row of actual) count(row, 1);
  for (const row of expectedRows(table, account)) count(row, -1);
  const where = (sign: 1 | -1): string[] =>
    [...rest].flatMap(([row, times]) => Array<string>(Math.max(times * sign, 0)).fill(row));
  return { lacks: where(-1), has: where(1) };
}

/** Returns the same text for 5, 5n and 5.0, but a different text for '5'. */
function comparable(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return `'${value}`;
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
}

function describe(table: string, rows: number, { lacks, has }: RowDifferences): string[] {
  const wanted = rows - has.length + lacks.length;
  const count = rows === wanted ? [] : [`${rows} rows, not ${wanted}`];
  const details = [...has.map((row) => `has ${row}`), ...lacks.map((row) => `lacks ${row}`)];
  const problems = [...count, ...details.sort().slice(0, 4)].map(
    (problem) => `${table} ${problem}`,
  );
  return problems.length === 0
    ? []
    : [...problems, `${table} columns: ${columnsOf(table).join(', ')}`];
}
