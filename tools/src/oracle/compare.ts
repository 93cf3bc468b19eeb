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
  const actual = statement.all().map((row) => columns.map((name) => plain(row[name])));
  const wanted = expectedRows(table, account).map((row) => columns.map((name) => plain(row[name])));
  return rowDifferences(table, columns, wanted, actual);
}

type PlainRow = readonly (string | null)[];

/** Numbers as text, so that 5 and 5n and 5.0 are one; texts marked, so that '5' is not. */
function plain(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return `'${value}`;
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
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
