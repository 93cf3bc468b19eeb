import type { ColumnType } from './columns.ts';

/** A column of a table that exists or is to be created. */
export interface ColumnShape {
  readonly name: string;
  readonly type: ColumnType;
  /** The type in the DDL. */
  readonly declared: string;
  readonly notNull?: boolean;
  /** The SQL expression of its default value. Only tables that the target did not create have defaults. */
  readonly byDefault?: string;
}

/** A foreign key. */
export interface ReferenceShape {
  readonly columns: readonly string[];
  readonly table: string;
  readonly to: readonly string[];
}

export interface TableShape {
  readonly name: string;
  readonly columns: readonly ColumnShape[];
  /** Column names, in order. */
  readonly key: readonly string[];
  readonly references: readonly ReferenceShape[];
  /** True for a STRICT table, which allows only a few types. */
  readonly isStrict?: boolean;
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteAll(names: readonly string[]): string {
  return names.map(quote).join(', ');
}

/**
 * Declares a key that is one integer column as `INTEGER PRIMARY KEY`, so that it becomes the rowid.
 */
export function createTableSql(table: TableShape): string {
  const { name, columns, key, references } = table;
  const [first] = key;
  const isRowid = key.length === 1 && columns.some((c) => c.name === first && canBeRowid(c));
  const lines = columns.map(
    (column) => `${columnSql(column)}${isRowid && column.name === first ? ' PRIMARY KEY' : ''}`,
  );
  if (key.length > 0 && !isRowid) lines.push(`PRIMARY KEY (${quoteAll(key)})`);
  lines.push(...references.map(referenceSql));
  return `CREATE TABLE ${quote(name)} (\n  ${lines.join(',\n  ')}\n)`;
}

export function canBeRowid({ declared }: ColumnShape): boolean {
  return declared === 'INTEGER';
}

function columnSql({ name, declared, notNull, byDefault }: ColumnShape): string {
  const parts = [quote(name)];
  if (declared !== '') parts.push(declared);
  if (notNull) parts.push('NOT NULL');
  if (byDefault !== undefined) parts.push(`DEFAULT ${defaultSql(byDefault)}`);
  return parts.join(' ');
}

/**
 * Puts an expression in parentheses, unless it is a bare or double-quoted word: in parentheses,
 * SQLite would read such a word as a column name.
 */
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
