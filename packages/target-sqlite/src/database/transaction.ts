/** This is the only module that begins and ends transactions. */

import type { Db } from './sqlite.ts';

/**
 * The transaction of a load. It contains the rows, schema changes, bookkeeping and state. A STATE
 * can set a mark, so that the changes after the mark can be undone separately.
 */
export class Transaction {
  readonly #db: Db;
  readonly #statements;
  #isOpen = false;
  #isMarked = false;
  #schemaVersion: unknown;
  #isSchemaChanged = false;

  constructor(db: Db) {
    this.#db = db;
    this.#statements = {
      begin: db.prepare(BEGIN),
      commit: db.prepare('COMMIT'),
      rollback: db.prepare('ROLLBACK'),
      mark: db.prepare('SAVEPOINT state'),
      unmark: db.prepare('RELEASE state'),
      undo: db.prepare('ROLLBACK TO state'),
      schemaVersion: db.prepare('PRAGMA schema_version').pluck(),
    };
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get isMarked(): boolean {
    return this.#isMarked;
  }

  /** True if another program changed the database's schema since the last transaction. */
  get isSchemaChanged(): boolean {
    return this.#isSchemaChanged;
  }

  /** @throws SqliteError with SQLITE_BUSY while another program writes */
  begin(): void {
    this.#statements.begin.run();
    this.#isOpen = true;
    this.#isMarked = false;
    const version = this.#statements.schemaVersion.get();
    this.#isSchemaChanged = this.#schemaVersion !== undefined && version !== this.#schemaVersion;
  }

  /** Sets a mark at this point and removes the previous mark. */
  mark(): void {
    if (this.#isMarked) this.#statements.unmark.run();
    this.#statements.mark.run();
    this.#isMarked = true;
  }

  undoToMark(): void {
    this.#statements.undo.run();
  }

  commit(): void {
    this.#schemaVersion = this.#statements.schemaVersion.get();
    this.#statements.commit.run();
    this.#isOpen = false;
    this.#isMarked = false;
  }

  /** Rolls back, unless SQLite has already done so, e.g. because the disk is full. */
  rollback(): void {
    if (this.#db.inTransaction) this.#statements.rollback.run();
    this.#isOpen = false;
    this.#isMarked = false;
  }
}

/** Takes the write lock immediately, so that a busy database is detected before anything is written. */
const BEGIN = 'BEGIN IMMEDIATE';

/**
 * Does some work in a transaction that is separate from the load's transaction.
 * @throws SqliteError with SQLITE_BUSY while another program writes
 */
export function inTransaction<T>(db: Db, work: () => T): T {
  return db.transaction(work).immediate();
}
