import type { Db } from './sqlite.ts';

/** The only module that begins and ends transactions. */

/**
 * The transaction of a load. Rows, schema changes, bookkeeping and the state are in it together. A
 * mark is set at a STATE, so that what came after it can be undone alone.
 */
export class Transaction {
  readonly #db: Db;
  readonly #statements;
  #open = false;
  #marked = false;
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
    return this.#open;
  }

  get isMarked(): boolean {
    return this.#marked;
  }

  /** True if another program changed the database's schema since the last transaction. */
  get isSchemaChanged(): boolean {
    return this.#isSchemaChanged;
  }

  /** @throws SqliteError with SQLITE_BUSY while another program writes */
  begin(): void {
    this.#statements.begin.run();
    this.#open = true;
    this.#marked = false;
    const version = this.#statements.schemaVersion.get();
    this.#isSchemaChanged = this.#schemaVersion !== undefined && version !== this.#schemaVersion;
  }

  /** Sets the mark here, and removes an earlier one. */
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

  /** If the disk is full, SQLite has rolled back already. */
  rollback(): void {
    if (this.#db.inTransaction) this.#statements.rollback.run();
    this.#open = false;
    this.#marked = false;
  }
}

/** Takes the write lock at once, so that a busy database is noticed before anything is written. */
const BEGIN = 'BEGIN IMMEDIATE';

/**
 * Does some work in a transaction of its own, outside the load's.
 * @throws SqliteError with SQLITE_BUSY while another program writes
 */
export function inTransaction<T>(db: Db, work: () => T): T {
  return db.transaction(work).immediate();
}
