import { DatabaseSync } from 'node:sqlite';
import { expectations, expectedRows } from './tables.ts';

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
  const expected = expectedRows(table, account);
  const columns = Object.keys(expected[0] ?? {}).sort();
  if (columns.length === 0) return [];
  const names = columns.map((name) => `"${name}"`).join(', ');
  const live = `SELECT ${names} FROM "${table}" WHERE _sdc_deleted_at IS NULL`;
  const statement = reader.prepare(live);
  statement.setReadBigInts(true);
  const actual = statement.all().map((row) => columns.map((name) => plain(row[name])));
  const wanted = expected.map((row) => columns.map((name) => plain(row[name])));
  return rowDifferences(table, columns, wanted, actual);
}

type PlainRow = readonly (string | null)[];

/** Numbers as text, so that 5 and 5n and 5.0 are one; texts marked, so that '5' is not. */
function plain(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? `'${value}` : String(value as number | bigint);
}

function rowDifferences(
  table: string,
  columns: readonly string[],
  wanted: readonly PlainRow[],
  actual: readonly PlainRow[],
): string[] {
  const rest = new Map<string, number>();
  for (const row of actual) add(rest, JSON.stringify(row), 1);
  for (const row of wanted) add(rest, JSON.stringify(row), -1);
  const count =
    wanted.length === actual.length ? [] : [`${actual.length} rows, not ${wanted.length}`];
  const rows = [...rest].flatMap(([row, times]) =>
    times === 0 ? [] : [`${times > 0 ? 'has' : 'lacks'} ${row}`],
  );
  const details = rows.sort().slice(0, 4);
  const faults = [...count, ...details].map((fault) => `${table} ${fault}`);
  return faults.length === 0 ? [] : [...faults, `${table} columns: ${columns.join(', ')}`];
}

function add(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
