import type { ColumnType } from './column-types.ts';

/** A column as it stands in a table, or shall. */
export interface ColumnShape {
  readonly name: string;
  readonly type: ColumnType;
  /** The type in the DDL. */
  readonly declared: string;
  readonly notNull?: boolean;
  /** An expression of SQL, in a table that was made by hand. */
  readonly byDefault?: string;
}

/** A declared relationship: columns of the table that hold values of another one's. */
export interface ReferenceShape {
  readonly columns: readonly string[];
  readonly table: string;
  readonly to: readonly string[];
}

export interface TableShape {
  readonly name: string;
  readonly columns: readonly ColumnShape[];
  /** Names of columns, in order. */
  readonly key: readonly string[];
  readonly references: readonly ReferenceShape[];
  /** True for a table of SQLite's STRICT kind, which knows few types. */
  readonly isStrict?: boolean;
}

/** Text of SQL, made apart from its execution. */

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteAll(names: readonly string[]): string {
  return names.map(quote).join(', ');
}

/** A single key of whole numbers becomes SQLite's own row number: `INTEGER PRIMARY KEY`. */
export function createTableSql(table: TableShape): string {
  const { name, columns, key, references } = table;
  const [first] = key;
  const rowNumber = key.length === 1 && columns.some((c) => c.name === first && isRowNumber(c));
  const lines = columns.map(
    (column) => `${columnSql(column)}${rowNumber && column.name === first ? ' PRIMARY KEY' : ''}`,
  );
  if (key.length > 0 && !rowNumber) lines.push(`PRIMARY KEY (${quoteAll(key)})`);
  lines.push(...references.map(referenceSql));
  return `CREATE TABLE ${quote(name)} (\n  ${lines.join(',\n  ')}\n)`;
}

export function isRowNumber({ declared }: ColumnShape): boolean {
  return declared === 'INTEGER';
}

function columnSql({ name, declared, notNull, byDefault }: ColumnShape): string {
  const parts = [quote(name)];
  if (declared !== '') parts.push(declared);
  if (notNull) parts.push('NOT NULL');
  if (byDefault !== undefined) parts.push(`DEFAULT ${defaultSql(byDefault)}`);
  return parts.join(' ');
}

/** A word, bare or in double quotes, is a text there, but in parentheses the name of a column. */
function defaultSql(expression: string): string {
  return /^(?:"(?:[^"]|"")*"|[A-Za-z_]\w*)$/.test(expression) ? expression : `(${expression})`;
}

function referenceSql({ columns, table, to }: ReferenceShape): string {
  return `FOREIGN KEY (${quoteAll(columns)}) REFERENCES ${quote(table)} (${quoteAll(to)})`;
}

export function addColumnSql(table: string, column: ColumnShape): string {
  return `ALTER TABLE ${quote(table)} ADD COLUMN ${columnSql(column)}`;
}

export function createIndexSql(name: string, table: string, columns: readonly string[]): string {
  return `CREATE INDEX IF NOT EXISTS ${quote(name)} ON ${quote(table)} (${quoteAll(columns)})`;
}
