import type { Db } from './sqlite.ts';

/**
 * The one place where a transaction begins and ends. Rows, schema changes, bookkeeping and the
 * bookmark are in it together. A mark stands where a STATE was read: what came after it can be
 * undone alone.
 */
export class Transaction {
  readonly #db: Db;
  readonly #statements;
  #open = false;
  #marked = false;
  #schemaVersion: unknown;
  #isForeign = false;

  constructor(db: Db) {
    this.#db = db;
    this.#statements = {
      // The lock is taken at once, so that a busy database shows before anything is written.
      begin: db.prepare('BEGIN IMMEDIATE'),
      commit: db.prepare('COMMIT'),
      rollback: db.prepare('ROLLBACK'),
      mark: db.prepare('SAVEPOINT state'),
      unmark: db.prepare('RELEASE state'),
      undo: db.prepare('ROLLBACK TO state'),
      schemaVersion: db.prepare('PRAGMA schema_version').pluck(),
    };
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get isMarked(): boolean {
    return this.#marked;
  }

  /** True where another program changed tables since the last transaction. */
  get isForeign(): boolean {
    return this.#isForeign;
  }

  /** @throws SqliteError SQLITE_BUSY while another program writes */
  begin(): void {
    this.#statements.begin.run();
    this.#open = true;
    this.#marked = false;
    const version = this.#statements.schemaVersion.get();
    this.#isForeign = this.#schemaVersion !== undefined && version !== this.#schemaVersion;
  }

  /** Puts the mark here, and takes an earlier one away. */
  mark(): void {
    if (this.#marked) this.#statements.unmark.run();
    this.#statements.mark.run();
    this.#marked = true;
  }

  undoToMark(): void {
    this.#statements.undo.run();
  }

  commit(): void {
    this.#schemaVersion = this.#statements.schemaVersion.get();
    this.#statements.commit.run();
    this.#open = false;
    this.#marked = false;
  }

  /** SQLite ends a transaction by itself when the disk is full: then there is nothing to undo. */
  rollback(): void {
    if (this.#db.inTransaction) this.#statements.rollback.run();
    this.#open = false;
    this.#marked = false;
  }
}
