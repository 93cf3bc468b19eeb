import { log } from '@exact-spotter/singer';
import { isTextual } from './columns.ts';
import {
  createTableSql,
  canBeRowid,
  quote,
  quoteAll,
  type ColumnShape,
  type TableShape,
} from './ddl.ts';
import { generatedColumns } from './introspect.ts';
import { DatabaseError } from './errors.ts';
import { SqliteError, type Db } from './sqlite.ts';

const TEMPORARY = '_singer_rebuilt';

/**
 * Replaces a table with a copy in a new form. Indexes and triggers are created again; views are not
 * changed. If several rows have the same new key, keeps the last row and logs a warning. Joins the
 * open transaction.
 * @throws DatabaseError if an index, trigger or generated column does not fit the new schema
 */
export function rebuild(db: Db, from: TableShape, to: TableShape): void {
  refuseGenerated(db, from.name);
  const target = { ...withoutRowid(db, to), name: TEMPORARY };
  registerText(db);
  db.exec(createTableSql(target));
  const before = count(db, from.name);
  db.exec(copySql(db, from, target));
  const lost = before - count(db, TEMPORARY);
  rename(db, TEMPORARY, from.name);
  if (lost > 0) {
    log.warning(
      `Several rows of the table "${from.name}" have the same new key: only the last row of each key is kept. Rows deleted: ${lost}`,
    );
  }
}

/** Renames a table. An existing table of that name is replaced, but its indexes and triggers are kept. */
export function rename(db: Db, table: string, to: string): void {
  const objects = objectsOn(db, to);
  db.exec(`DROP TABLE IF EXISTS ${quote(to)}`);
  db.exec(`ALTER TABLE ${quote(table)} RENAME TO ${quote(to)}`);
  for (const { name, sql } of objects) recreate(db, to, name, sql);
}

/** A generated column holds no data, but its author would not expect the column to be dropped silently. */
function refuseGenerated(db: Db, table: string): void {
  const [column] = generatedColumns(db, table);
  if (column === undefined) return;
  throw new DatabaseError(
    `The table "${table}" must be rebuilt for the new schema, which would lose its generated column "${column}": drop the column and start again; then add the column again, or create a view instead.`,
  );
}

/**
 * Declares an integer key column as INT if it contains NULL or a non-integer, which cannot be a
 * rowid.
 */
function withoutRowid(db: Db, to: TableShape): TableShape {
  const [key] = to.key;
  const column = to.columns.find(({ name }) => name === key);
  if (to.key.length !== 1 || key === undefined || !column || !canBeRowid(column)) return to;
  const hasColumn = describesColumn(db, to.name, key);
  const odd = `SELECT 1 FROM ${quote(to.name)} WHERE typeof(${quote(key)}) <> 'integer' LIMIT 1`;
  if (hasColumn && db.prepare(odd).get() === undefined) return to;
  const columns = to.columns.map((one) => (one === column ? { ...one, declared: 'INT' } : one));
  return { ...to, columns };
}

function describesColumn(db: Db, table: string, column: string): boolean {
  const sql = 'SELECT 1 FROM pragma_table_info(?) WHERE name = ?';
  return db.prepare(sql).get(table, column) !== undefined;
}

interface SchemaObject {
  readonly name: string;
  readonly sql: string;
}

/** Returns the indexes and triggers of a table, except the automatic indexes of its key. */
export function objectsOn(db: Db, table: string): SchemaObject[] {
  return db
    .prepare<[string], SchemaObject>(
      `SELECT name, sql FROM sqlite_schema
       WHERE tbl_name = ? COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL`,
    )
    .all(table);
}

function recreate(db: Db, table: string, name: string, sql: string): void {
  try {
    db.exec(sql);
  } catch (cause) {
    if (!(cause instanceof SqliteError)) throw cause;
    throw new DatabaseError(
      `The table "${table}" must be rebuilt, but its index or trigger "${name}" does not fit the new schema: drop that index or trigger and start again.`,
      { cause },
    );
  }
}

function count(db: Db, table: string): number {
  return Number(
    db
      .prepare(`SELECT count(*) FROM ${quote(table)}`)
      .pluck()
      .get(),
  );
}

function copySql(db: Db, from: TableShape, to: TableShape): string {
  const names = quoteAll(from.columns.map(({ name }) => name));
  const values = from.columns.map((column, index) =>
    converted(column, to.columns[index] ?? column),
  );
  const verb = to.key.length > 0 ? 'INSERT OR REPLACE' : 'INSERT';
  return `${verb} INTO ${quote(to.name)} (${names}) SELECT ${values.join(', ')} FROM ${quote(from.name)}${orderSql(db, from)}`;
}

/** Keeps the rows in insertion order if the table has a rowid. */
function orderSql(db: Db, { name, columns }: TableShape): string {
  const names = new Set(columns.map((column) => column.name.toLowerCase()));
  const rowid = ['rowid', '_rowid_', 'oid'].find((alias) => !names.has(alias));
  const own = db.prepare('SELECT wr FROM pragma_table_list(?)').pluck().get(name) === 0;
  return own && rowid !== undefined ? ` ORDER BY ${rowid}` : '';
}

function converted(from: ColumnShape, to: ColumnShape): string {
  const column = quote(from.name);
  if (from.declared === to.declared || !isTextual(to.type)) return column;
  if (from.type === 'boolean')
    return `CASE ${column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE singer_text(${column}) END`;
  return `singer_text(${column})`;
}

/**
 * Adds `singer_text` to SQL. The function writes numbers as in JSON; SQLite would write 5.0 or
 * 1.0e+21.
 */
function registerText(db: Db): void {
  db.function('singer_text', { deterministic: true, safeIntegers: true }, (value: unknown) =>
    typeof value === 'number' || typeof value === 'bigint' ? String(value) : value,
  );
}
