import type { JsonRecord } from '@exact-spotter/singer';
import { ensureColumn } from './database/apply-change.ts';
import { registerInstant } from './database/instant.ts';
import { prepareClearing, remove, removeBelow, type Going } from './database/removals.ts';
import { equalsSql, inRangeSql, olderVersionSql } from './database/row-sql.ts';
import type { Bindable, Db } from './database/sqlite.ts';
import { childTables, type ChildTable } from './family.ts';
import { DELETED_AT, TABLE_VERSION } from './metadata-columns.ts';
import type { Stream } from './stream.ts';
import type { Streams } from './streams.ts';

/** Takes rows away: removes them, or marks them as gone. What hangs on a row goes with it. */
export class Deletions {
  readonly #db: Db;
  readonly #mark: string | undefined;
  readonly #streams: Streams;

  constructor(db: Db, isHard: boolean, streams: Streams) {
    this.#db = db;
    this.#mark = isHard ? undefined : DELETED_AT;
    this.#streams = streams;
    registerInstant(db);
  }

  /** True where rows that go are removed. */
  get isHard(): boolean {
    return this.#mark === undefined;
  }

  /**
   * Clears the children of a record's row: those that the tap sends in this run are about to be
   * sent again, right after their parent. Other streams' rows stay.
   */
  clearChildren(stream: Stream, record: JsonRecord, at: string): void {
    stream.clearings ??= childTables(stream.name, this.#streams.relatives()).map((child) =>
      prepareClearing(this.#db, child, this.#mark),
    );
    for (const { columns, clear } of stream.clearings) {
      clear(at, stream.values(record, columns));
    }
  }

  /** A record that says of itself that it is gone takes its children along. */
  removeRecord(stream: Stream, record: JsonRecord, at: string): void {
    const { table, key } = stream.table;
    const going = this.#going(stream, equalsSql(table, key), stream.values(record, key));
    const way = { mark: this.#mark, at };
    // Where rows are marked, the record itself brings the mark of its own row.
    if (this.isHard) remove(this.#db, going, way);
    else removeBelow(this.#db, going, way);
  }

  /** Takes the rows of older versions away. @returns how many went */
  activate(stream: Stream, version: number, at: string): number {
    const where = olderVersionSql(stream.table.table, TABLE_VERSION);
    return remove(this.#db, this.#going(stream, where, [version]), { mark: this.#mark, at });
  }

  /**
   * Takes the rows of a range away that did not come with the read that covered it.
   * @returns how many went
   */
  cover(stream: Stream, at: string): number {
    const { covered } = stream.schema;
    const column = covered && stream.columnOf(covered.column);
    if (!covered || column === undefined) return 0;
    const { table } = stream.table;
    const where = `${inRangeSql(table, column)} AND ${olderVersionSql(table, TABLE_VERSION)}`;
    const values = [covered.from, covered.to, covered.version];
    return remove(this.#db, this.#going(stream, where, values), { mark: this.#mark, at });
  }

  #going(stream: Stream, where: string, values: readonly Bindable[]): Going {
    const children = childTables(stream.name, this.#streams.allRelatives());
    this.#ensureMarks(children);
    return { table: stream.table.table, children, where, values };
  }

  /** A table of an earlier run with other settings may lack the column of the mark. */
  #ensureMarks(tables: readonly ChildTable[]): void {
    if (this.#mark === undefined) return;
    for (const { table, children } of tables) {
      ensureColumn(this.#db, table, { name: this.#mark, type: 'date-time', declared: 'TEXT' });
      this.#ensureMarks(children);
    }
  }
}
