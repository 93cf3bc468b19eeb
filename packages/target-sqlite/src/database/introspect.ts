import { typeOfDeclared, type ColumnType } from './columns.ts';
import type { Db } from './sqlite.ts';
import type { ReferenceShape, TableShape } from './ddl.ts';

/**
 * Returns the names of all tables, views, indexes and triggers, because a new table cannot use
 * these names.
 */
export function takenNames(db: Db): string[] {
  return db.prepare<[], string>('SELECT name FROM sqlite_schema').pluck().all();
}

interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly pk: number;
  readonly dflt_value: string | null;
}

interface ReferenceRow {
  readonly id: number;
  readonly table: string;
  readonly from: string;
  readonly to: string | null;
}

/**
 * Reads a table's shape from the database.
 * @param types the column types recorded in `_singer_columns`; the types of unlisted columns are
 * derived from the DDL
 * @returns undefined if the table does not exist
 */
export function describeTable(
  db: Db,
  table: string,
  types: ReadonlyMap<string, ColumnType>,
): TableShape | undefined {
  const rows = db
    .prepare<[string], ColumnRow>(
      'SELECT name, type, "notnull", pk, dflt_value FROM pragma_table_info(?)',
    )
    .all(table);
  if (rows.length === 0) return undefined;
  return {
    name: table,
    columns: rows.map(({ name, type, notnull, pk, dflt_value }) => ({
      name,
      type: types.get(name) ?? typeOfDeclared(type),
      declared: type,
      ...(notnull === 1 && pk === 0 && { notNull: true }),
      ...(dflt_value !== null && { byDefault: dflt_value }),
    })),
    key: rows
      .filter(({ pk }) => pk > 0)
      .sort((one, other) => one.pk - other.pk)
      .map(({ name }) => name),
    references: references(db, table),
    ...(isStrict(db, table) && { isStrict: true }),
  };
}

function isStrict(db: Db, table: string): boolean {
  const sql = 'SELECT 1 FROM pragma_table_list(?) WHERE strict = 1';
  return db.prepare(sql).get(table) !== undefined;
}

/** Returns the names of a table's generated columns, which cannot be inserted into. */
export function generatedColumns(db: Db, table: string): string[] {
  const sql = 'SELECT name FROM pragma_table_xinfo(?) WHERE hidden IN (2, 3)';
  return db.prepare<[string], string>(sql).pluck().all(table);
}

function references(db: Db, table: string): ReferenceShape[] {
  const rows = db
    .prepare<[string], ReferenceRow>(
      'SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq',
    )
    .all(table);
  const byId = Map.groupBy(rows, ({ id }) => id);
  return [...byId.values()].map((parts) => ({
    columns: parts.map(({ from }) => from),
    table: parts[0]?.table ?? '',
    to: parts.flatMap(({ to }) => to ?? []),
  }));
}
