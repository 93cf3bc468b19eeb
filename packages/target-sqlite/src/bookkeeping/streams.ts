/**
 * Reads and writes `_singer_streams` and `_singer_columns`, which record the table and columns of
 * each stream. A recorded name never changes. `names.ts` chooses the names.
 */

import type { JsonSchema } from '@exact-spotter/singer';
import { COLUMN_TYPES, type ColumnType } from '../database/columns.ts';
import type { Db } from '../database/sqlite.ts';

/** @returns the recorded table of a stream; undefined if the stream has no table yet */
export function knownTable(db: Db, prefix: string, stream: string): string | undefined {
  return db
    .prepare<[string, string], string>(
      'SELECT "table" FROM _singer_streams WHERE table_prefix = ? AND stream = ?',
    )
    .pluck()
    .get(notedName(prefix), notedName(stream));
}

export interface KnownColumn {
  readonly column: string;
  readonly type: ColumnType;
}

interface ColumnRow extends KnownColumn {
  readonly property: string;
}

/**
 * Returns the recorded column of each property. A type that this version does not know is treated
 * as `any`.
 */
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

export interface KnownStream {
  readonly stream: string;
  readonly table: string;
  /** Property names. */
  readonly key: readonly string[];
  readonly schema: JsonSchema;
}

interface StreamRow {
  readonly stream: string;
  readonly table: string;
  readonly key_properties: string;
  readonly schema: string;
}

/** Returns every stream that has a table, with its last schema. */
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

/**
 * Escapes unpaired surrogates, which SQLite cannot store. Without this, two names that differ only
 * in unpaired surrogates would become equal.
 */
export function notedName(name: string): string {
  return name.isWellFormed() ? name : JSON.stringify(name);
}
