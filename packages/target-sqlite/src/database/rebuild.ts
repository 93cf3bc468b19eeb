import { log } from '@exact-spotter/singer';
import { isTextual } from './column-types.ts';
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

const ASIDE = '_singer_rebuilt';

/**
 * Copies a table into a new form under its own name; to be called inside a transaction. Indexes
 * and triggers that stand on it are made again, views go on as they are. Where the new key finds
 * several rows the last stays, with a warning.
 * @throws DatabaseError when an index, trigger or generated column cannot stand on the new form
 */
export function rebuild(db: Db, from: TableShape, to: TableShape): void {
  refuseGenerated(db, from.name);
  const target = { ...withoutOddRowNumber(db, to), name: ASIDE };
  registerText(db);
  db.exec(createTableSql(target));
  const before = count(db, from.name);
  db.exec(copySql(db, from, target));
  const lost = before - count(db, ASIDE);
  rename(db, ASIDE, from.name);
  if (lost > 0) {
    log.warning(
      `The new key of the table "${from.name}" found several rows for one key: the last of each stays, ${lost} went.`,
    );
  }
}

/** Gives a table the name, and with it the place, of another that may stand there. */
export function rename(db: Db, table: string, to: string): void {
  const objects = objectsOn(db, to);
  db.exec(`DROP TABLE IF EXISTS ${quote(to)}`);
  db.exec(`ALTER TABLE ${quote(table)} RENAME TO ${quote(to)}`);
  for (const { name, sql } of objects) makeAgain(db, to, name, sql);
}

/** What SQLite computes is no data, but whoever made it would miss it. */
function refuseGenerated(db: Db, table: string): void {
  const [column] = generatedColumns(db, table);
  if (column === undefined) return;
  throw new DatabaseError(
    `The table "${table}" must be rebuilt for the new schema, and its generated column "${column}" would be lost: drop it, start again, and add it again, or make a view of it.`,
  );
}

/** A key of whole numbers that is null, or no whole number, somewhere must not be SQLite's own row number. */
function withoutOddRowNumber(db: Db, to: TableShape): TableShape {
  const [key] = to.key;
  const column = to.columns.find(({ name }) => name === key);
  if (to.key.length !== 1 || key === undefined || !column || !canBeRowid(column)) return to;
  const standing = describesColumn(db, to.name, key);
  const odd = `SELECT 1 FROM ${quote(to.name)} WHERE typeof(${quote(key)}) <> 'integer' LIMIT 1`;
  if (standing && db.prepare(odd).get() === undefined) return to;
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

/** The indexes and triggers that stand on a table, but for those that come of its key. */
export function objectsOn(db: Db, table: string): SchemaObject[] {
  return db
    .prepare<[string], SchemaObject>(
      `SELECT name, sql FROM sqlite_schema
       WHERE tbl_name = ? COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL`,
    )
    .all(table);
}

function makeAgain(db: Db, table: string, name: string, sql: string): void {
  try {
    db.exec(sql);
  } catch (cause) {
    if (!(cause instanceof SqliteError)) throw cause;
    throw new DatabaseError(
      `The table "${table}" must be rebuilt for the new schema, and "${name}", which stands on it, does not fit the new form: drop it and start again.`,
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

/** Rows in the order in which they came, where the table still knows it. */
function orderSql(db: Db, { name, columns }: TableShape): string {
  const names = new Set(columns.map((column) => column.name.toLowerCase()));
  const rowNumber = ['rowid', '_rowid_', 'oid'].find((alias) => !names.has(alias));
  const own = db.prepare('SELECT wr FROM pragma_table_list(?)').pluck().get(name) === 0;
  return own && rowNumber !== undefined ? ` ORDER BY ${rowNumber}` : '';
}

function converted(from: ColumnShape, to: ColumnShape): string {
  const column = quote(from.name);
  if (from.declared === to.declared || !isTextual(to.type)) return column;
  if (from.type === 'boolean')
    return `CASE ${column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE singer_text(${column}) END`;
  return `singer_text(${column})`;
}

/** The text of a number as JSON spells it; SQLite's own spelling differs: 5.0, 1.0e+21. */
function registerText(db: Db): void {
  db.function('singer_text', { deterministic: true, safeIntegers: true }, (value: unknown) =>
    typeof value === 'number' || typeof value === 'bigint' ? String(value) : value,
  );
}
