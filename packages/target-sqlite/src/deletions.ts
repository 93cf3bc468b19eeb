import type { JsonRecord } from '@exact-spotter/singer';
import {
  childTables,
  prepareClearing,
  removals,
  removalsBelow,
  remove,
} from './database/family.ts';
import { registerInstant } from './database/instant.ts';
import { equalsSql, inRangeSql, olderVersionSql } from './database/row-sql.ts';
import type { Db } from './database/sqlite.ts';
import { DELETED_AT, TABLE_VERSION } from './metadata-columns.ts';
import type { TargetSettings } from './program.ts';
import type { Stream } from './stream.ts';
import type { Streams } from './streams.ts';

/** Takes rows away: removes them, or marks them as gone. What hangs on a row goes with it. */
export class Deletions {
  readonly #db: Db;
  readonly #prefix: string;
  readonly #mark: string | undefined;
  readonly #streams: Streams;

  constructor(db: Db, settings: TargetSettings, streams: Streams) {
    this.#db = db;
    this.#prefix = settings.table_prefix;
    this.#mark = settings.hard_delete ? undefined : DELETED_AT;
    this.#streams = streams;
    registerInstant(db);
  }

  get isHard(): boolean {
    return this.#mark === undefined;
  }

  /**
   * Clears the children of a record's row: those that the tap sends in this run are about to be
   * sent again, right after their parent.
   */
  clearChildren(stream: Stream, record: JsonRecord, at: string): void {
    stream.clearings ??= childTables(this.#db, this.#prefix, stream.name, (name) =>
      this.#streams.has(name),
    ).map((child) => prepareClearing(this.#db, child, this.#mark));
    for (const { columns, clear } of stream.clearings) {
      clear(at, stream.values(record, columns));
    }
  }

  /** A record that says of itself that it is gone. */
  removeRecord(stream: Stream, record: JsonRecord, at: string): void {
    const { table, key } = stream.table;
    const where = equalsSql(table, key);
    const children = this.#childrenOf(stream);
    const steps = this.isHard
      ? removals(table, children, where, undefined)
      : removalsBelow(table, children, where, this.#mark);
    remove(this.#db, steps, at, stream.values(record, key));
  }

  /** @returns the rows that went */
  activate(stream: Stream, version: number, at: string): number {
    return this.#removeOlder(stream, olderVersionSql(stream.table.table, TABLE_VERSION), at, [
      version,
    ]);
  }

  /** Takes the rows of a range away that did not come with the read that covered it. */
  cover(stream: Stream, at: string): number {
    const { covered } = stream.schema;
    const column = stream.table.columns.find(({ property }) => property === covered?.column);
    if (!covered || !column) return 0;
    const { table } = stream.table;
    const where = `${inRangeSql(table, column.column)} AND ${olderVersionSql(table, TABLE_VERSION)}`;
    return this.#removeOlder(stream, where, at, [covered.from, covered.to, covered.version]);
  }

  #removeOlder(
    stream: Stream,
    where: string,
    at: string,
    values: readonly (string | number)[],
  ): number {
    const { table } = stream.table;
    return remove(
      this.#db,
      removals(table, this.#childrenOf(stream), where, this.#mark),
      at,
      values,
    );
  }

  #childrenOf(stream: Stream): ReturnType<typeof childTables> {
    return childTables(this.#db, this.#prefix, stream.name);
  }
}
