import {
  deleteBelow,
  deleteRows,
  inRangeSql,
  olderVersionSql,
  prepareChildDeletion,
  registerInstant,
  type ChildDeletion,
  type ChildTable,
  type Selection,
} from '../database/deletion-sql.ts';
import { DELETED_AT, TABLE_VERSION } from '../database/columns.ts';
import { equalsSql } from '../database/rows.ts';
import type { Bindable, Db } from '../database/sqlite.ts';
import { ensureColumn } from '../database/table-change.ts';
import type { SourcedRecord } from '../record/source.ts';
import type { FamilyTables } from './family-tables.ts';
import type { StreamRegistry } from './registry.ts';
import type { StreamWriter } from './stream-writer.ts';

/** Deletes rows and their children, by soft or hard delete. */
export class Deletions {
  readonly #db: Db;
  /** The column that marks a deleted row; undefined for hard deletes. */
  readonly #mark: string | undefined;
  readonly #registry: StreamRegistry;
  /**
   * Stream → prepared statements that delete the children of one row. They are valid for
   * `#preparedFor`.
   */
  readonly #childDeletions = new Map<string, readonly ChildDeletion[]>();
  #preparedFor: FamilyTables | undefined;

  constructor(db: Db, isHard: boolean, registry: StreamRegistry) {
    this.#db = db;
    this.#mark = isHard ? undefined : DELETED_AT;
    this.#registry = registry;
    registerInstant(db);
  }

  get isHard(): boolean {
    return this.#mark === undefined;
  }

  /**
   * Deletes the children of a record's row in the streams of this load, because the tap sends the
   * current children right after their parent. Rows of streams outside this load are kept.
   */
  deleteChildren(stream: StreamWriter, record: SourcedRecord, at: string): void {
    for (const { columns, deleteOf } of this.#childDeletionsOf(stream.name)) {
      deleteOf(at, stream.values(record, columns));
    }
  }

  #childDeletionsOf(stream: string): readonly ChildDeletion[] {
    const { families } = this.#registry;
    if (families !== this.#preparedFor) this.#childDeletions.clear();
    this.#preparedFor = families;
    let deletions = this.#childDeletions.get(stream);
    if (!deletions) {
      const children = families.below(stream);
      deletions = children.map((child) => prepareChildDeletion(this.#db, child, this.#mark));
      this.#childDeletions.set(stream, deletions);
    }
    return deletions;
  }

  /**
   * Deletes the row and children of a record that is marked as deleted. A soft delete marks only
   * the children here, because the row's own mark is written with the record.
   */
  deleteRecord(stream: StreamWriter, record: SourcedRecord, at: string): void {
    const { table, key } = stream.table;
    const rows = this.#rows(stream, equalsSql(table, key), stream.values(record, key));
    const how = { mark: this.#mark, at };
    if (this.isHard) deleteRows(this.#db, rows, how);
    else deleteBelow(this.#db, rows, how);
  }

  /** Deletes the rows of older versions. @returns the number of deleted rows */
  activate(stream: StreamWriter, version: number, at: string): number {
    const where = olderVersionSql(stream.table.table, TABLE_VERSION);
    return deleteRows(this.#db, this.#rows(stream, where, [version]), { mark: this.#mark, at });
  }

  /** Deletes the rows in the `x-covered` range that have an older version. @returns the number of deleted rows */
  cover(stream: StreamWriter, at: string): number {
    const { covered } = stream.schema;
    const column = covered && stream.columnOf(covered.column);
    if (!covered || column === undefined) return 0;
    const { table } = stream.table;
    const where = `${inRangeSql(table, column)} AND ${olderVersionSql(table, TABLE_VERSION)}`;
    const values = [covered.from, covered.to, covered.version];
    return deleteRows(this.#db, this.#rows(stream, where, values), { mark: this.#mark, at });
  }

  #rows(stream: StreamWriter, where: string, values: readonly Bindable[]): Selection {
    const children = this.#registry.allFamilies.below(stream.name);
    this.#ensureMarks(children);
    return { table: stream.table.table, children, where, values };
  }

  /** Adds the mark column to tables that lack it because they were loaded with different settings. */
  #ensureMarks(tables: readonly ChildTable[]): void {
    if (this.#mark === undefined) return;
    for (const { table, children } of tables) {
      ensureColumn(this.#db, table, { name: this.#mark, type: 'date-time', declared: 'TEXT' });
      this.#ensureMarks(children);
    }
  }
}
