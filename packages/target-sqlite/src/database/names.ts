/**
 * Chooses table and column names. Once a stream or property has a name in the database, that name
 * never changes: it is recorded in `_singer_streams` or `_singer_columns`. A new name is kept if
 * SQLite allows it; otherwise it is changed (because of a reserved prefix, an empty name, a NUL or
 * an unpaired surrogate). If two names are then equal, or differ only in letter case, the later
 * name gets the suffix `_2`, `_3`, … in order of appearance.
 */

import { knownTable, notedName, type KnownColumn } from '../bookkeeping/streams.ts';
import { METADATA_COLUMNS } from './columns.ts';
import type { Db } from './sqlite.ts';

/** Returns the recorded table of a stream, or a new name if the stream has no table yet. */
export function tableOf(db: Db, prefix: string, stream: string): string {
  return knownTable(db, prefix, stream) ?? newTable(db, prefix, stream);
}

/** An existing table that does not belong to a stream is reused, e.g. a table created by another target. */
function newTable(db: Db, prefix: string, stream: string): string {
  const taken = db
    .prepare<[], string>(
      `SELECT "table" FROM _singer_streams UNION
       SELECT name FROM sqlite_schema WHERE type <> 'table' OR sql LIKE 'CREATE VIRTUAL%'`,
    )
    .pluck()
    .all();
  return new NameSet(taken).claim(usableTableName(prefix, stream));
}

/**
 * Assigns a column to each property: its recorded column, an existing column that has the same name
 * and belongs to no other property, or a new column.
 * @param existing the table's columns
 * @param generated the table's generated columns, which cannot be inserted into
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
        known.get(notedName(property))?.column ?? taken.claim(usableColumnName(property));
      return [property, free.get(foldCase(column)) ?? column];
    }),
  );
}

/** Folds a name for comparison as SQLite does, which ignores the case of A to Z only. */
export function foldCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** A set of names that ignores the case of A to Z. */
export class NameSet {
  readonly #taken = new Set<string>();
  /** The last number appended to each name. Without it, n equal names would take n² steps. */
  readonly #counts = new Map<string, number>();

  constructor(names: Iterable<string> = []) {
    for (const name of names) this.add(name);
  }

  add(name: string): void {
    this.#taken.add(foldCase(name));
  }

  has(name: string): boolean {
    return this.#taken.has(foldCase(name));
  }

  /**
   * Adds and returns the name. If the name is taken, appends the first of `_2`, `_3`, … that makes
   * it unique.
   */
  claim(wanted: string): string {
    const folded = foldCase(wanted);
    let name = wanted;
    for (let count = this.#counts.get(folded) ?? 2; this.has(name); count += 1) {
      name = `${wanted}_${count}`;
      this.#counts.set(folded, count);
    }
    this.add(name);
    return name;
  }
}

export function usableColumnName(property: string): string {
  // NUL ends an identifier, and an unpaired surrogate is not valid UTF-8.
  const name = property.replaceAll('\0', '_').toWellFormed();
  return name === '' ? '_' : name;
}

/** Avoids the prefixes of SQLite's own tables and of the bookkeeping tables. */
export function usableTableName(prefix: string, stream: string): string {
  const name = usableColumnName(prefix + stream);
  return /^(?:sqlite_|_singer_)/i.test(name) ? `_${name}` : name;
}
