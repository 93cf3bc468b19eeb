import type { JsonSchema, Parent, Reference } from '@exact-spotter/singer';
import { COLUMN_TYPES, METADATA_COLUMNS, type ColumnType } from './columns.ts';
import { foldCase, NameSet, notedName, plainColumnName, plainTableName } from './names.ts';
import type { ReferenceShape } from './ddl.ts';
import type { Db } from './sqlite.ts';

/** The names of tables and columns, kept in `_singer_streams` and `_singer_columns`. They never change. */

/** @returns the table of a stream, known or new */
export function tableOf(db: Db, prefix: string, stream: string): string {
  return knownTable(db, prefix, stream) ?? newTable(db, prefix, stream);
}

function knownTable(db: Db, prefix: string, stream: string): string | undefined {
  return db
    .prepare<[string, string], string>(
      'SELECT "table" FROM _singer_streams WHERE table_prefix = ? AND stream = ?',
    )
    .pluck()
    .get(notedName(prefix), notedName(stream));
}

/** Takes over an existing table of that name that belongs to no stream, e.g. another target's. */
function newTable(db: Db, prefix: string, stream: string): string {
  const taken = db
    .prepare<[], string>(
      `SELECT "table" FROM _singer_streams UNION
       SELECT name FROM sqlite_schema WHERE type <> 'table' OR sql LIKE 'CREATE VIRTUAL%'`,
    )
    .pluck()
    .all();
  return new NameSet(taken).claim(plainTableName(prefix, stream));
}

/** How a stream refers to others, by its schema. */
interface Relationships {
  /** Property → what it refers to. */
  readonly references: ReadonlyMap<string, Reference>;
  readonly parent?: Parent;
}

/** The relationships of a schema (`x-references`, `x-parent`) as foreign keys. */
export function declaredReferences(
  db: Db,
  prefix: string,
  { references, parent }: Relationships,
  names: ReadonlyMap<string, string>,
): ReferenceShape[] {
  const found: ReferenceShape[] = [];
  const add = (stream: string, pairs: readonly (readonly [string, string])[]): void => {
    const table = referredTable(db, prefix, stream);
    const columns = pairs
      .map(([property]) => names.get(property))
      .filter((name) => name !== undefined);
    const to = pairs.map(([, property]) => referredColumn(db, table, property));
    if (columns.length === pairs.length) found.push({ columns, table, to });
  };
  for (const [property, { table, column }] of references) add(table, [[property, column]]);
  if (parent) add(parent.table, Object.entries(parent.columns));
  return [...new Map(found.map((reference) => [JSON.stringify(reference), reference])).values()];
}

/** The table that a relationship refers to, which may not exist yet. */
function referredTable(db: Db, prefix: string, stream: string): string {
  return knownTable(db, prefix, stream) ?? plainTableName(prefix, stream);
}

function referredColumn(db: Db, table: string, property: string): string {
  return knownColumns(db, table).get(notedName(property))?.column ?? plainColumnName(property);
}

export interface KnownColumn {
  readonly column: string;
  readonly type: ColumnType;
}

interface ColumnRow extends KnownColumn {
  readonly property: string;
}

/** Property → column, as noted. A type that only a newer version knows counts as `any`. */
export function knownColumns(db: Db, table: string): Map<string, KnownColumn> {
  const rows = db
    .prepare<[string], ColumnRow>(
      'SELECT property, "column", type FROM _singer_columns WHERE "table" = ?',
    )
    .all(table);
  return new Map(
    rows.map(({ property, column, type }) => [
      property,
      { column, type: Object.hasOwn(COLUMN_TYPES, type) ? type : 'any' },
    ]),
  );
}

/**
 * Assigns each property a column: the one it has, an existing one of that name that belongs to no
 * property yet, or a new one.
 * @param existing the table's columns
 * @param generated its generated columns, which cannot be inserted into
 */
export function nameColumns(
  properties: readonly string[],
  known: ReadonlyMap<string, KnownColumn>,
  existing: readonly string[],
  generated: readonly string[],
): Map<string, string> {
  const noted = new NameSet([...known.values()].map(({ column }) => column));
  const free = new Map(
    existing.filter((name) => !noted.has(name)).map((name) => [foldCase(name), name]),
  );
  const taken = new NameSet([
    ...Object.keys(METADATA_COLUMNS),
    ...generated,
    ...[...known.values()].map(({ column }) => column),
  ]);
  return new Map(
    properties.map((property) => {
      const column =
        known.get(notedName(property))?.column ?? taken.claim(plainColumnName(property));
      return [property, free.get(foldCase(column)) ?? column];
    }),
  );
}

export interface KnownStream {
  readonly stream: string;
  readonly table: string;
  /** Names of properties. */
  readonly key: readonly string[];
  readonly schema: JsonSchema;
}

interface StreamRow {
  readonly stream: string;
  readonly table: string;
  readonly key_properties: string;
  readonly schema: string;
}

/** Every stream that has a table, with its last schema. */
export function knownStreams(db: Db, prefix: string): KnownStream[] {
  const rows = db
    .prepare<[string], StreamRow>(
      'SELECT stream, "table", key_properties, schema FROM _singer_streams WHERE table_prefix = ?',
    )
    .all(notedName(prefix));
  return rows.map(({ stream, table, key_properties, schema }) => ({
    stream,
    table,
    key: JSON.parse(key_properties) as string[],
    schema: JSON.parse(schema) as JsonSchema,
  }));
}

export interface StreamNote {
  readonly table: string;
  readonly stream: string;
  readonly prefix: string;
  readonly key: readonly string[];
  readonly schema: object;
}

export function noteStream(db: Db, note: StreamNote): void {
  db.prepare(
    `INSERT INTO _singer_streams ("table", stream, table_prefix, key_properties, schema, since)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT ("table") DO UPDATE SET
     key_properties = excluded.key_properties, schema = excluded.schema`,
  ).run(
    note.table,
    notedName(note.stream),
    notedName(note.prefix),
    JSON.stringify(note.key),
    JSON.stringify(note.schema),
    new Date().toISOString(),
  );
}

export interface ColumnNote extends KnownColumn {
  readonly stream: string;
  readonly property: string;
  readonly table: string;
}

export function noteColumn(db: Db, note: ColumnNote): void {
  db.prepare(
    `INSERT INTO _singer_columns (stream, property, "table", "column", type, since)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT ("table", "column") DO UPDATE SET type = excluded.type`,
  ).run(
    notedName(note.stream),
    notedName(note.property),
    note.table,
    note.column,
    note.type,
    new Date().toISOString(),
  );
}
