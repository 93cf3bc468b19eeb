import { OutputClosedError, type Output } from '@exact-spotter/singer';
import type { Transaction } from './database/transaction.ts';

/** When to commit where no STATE stands. */
export interface Bounds {
  readonly rows: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** What is written beside the rows, just before a commit, and done right after it. */
export interface Books {
  /** Keeps the state that the rows before it belong to. */
  state(value: string): void;
  progress(): void;
  /** The rows that were written so far are safe. */
  committed(): void;
  /** Remembers how far the counts stand, and goes back there. */
  mark(): void;
  undoToMark(): void;
}

export interface CommitterParts {
  readonly transaction: Transaction;
  readonly books: Books;
  readonly bounds: Bounds;
  readonly output: Output;
  /** True where rows are only gathered until the end: no STATE is acknowledged before it. */
  readonly atEnd: boolean;
}

/** Milliseconds between two commits, at least: a commit costs a wait for the disk. */
const LEAST_INTERVAL = 20;
const LONGEST_INTERVAL = 500;
/** A commit may take this share of the time at most. */
const COMMIT_SHARE = 0.1;

/**
 * Decides where the transaction ends. A STATE is a place to commit; where the last commit was a
 * moment ago the STATE is only marked, and the commit comes with a later one, or when the input
 * rests. Between two STATEs a commit comes only past a bound, and never while rows without a key
 * are pending: a stream that is resumed from the kept state would bring them again.
 */
export class Committer {
  readonly #transaction: Transaction;
  readonly #books: Books;
  readonly #bounds: Bounds;
  readonly #output: Output;
  readonly #atEnd: boolean;
  #outputClosed = false;
  #room: Promise<void> | undefined;
  /** The STATE that was read last and is not committed yet. */
  #state: string | undefined;
  #rows = 0;
  #bytes = 0;
  #keyless = false;
  #began = 0;
  #committed = performance.now();
  #interval = LEAST_INTERVAL;

  constructor({ transaction, books, bounds, output, atEnd }: CommitterParts) {
    this.#transaction = transaction;
    this.#books = books;
    this.#bounds = bounds;
    this.#output = output;
    this.#atEnd = atEnd;
  }

  get isOpen(): boolean {
    return this.#transaction.isOpen;
  }

  /** True where another program changed tables before this transaction. */
  get isForeign(): boolean {
    return this.#transaction.isForeign;
  }

  /** True when nobody reads our standard output any more. */
  get isOutputClosed(): boolean {
    return this.#outputClosed;
  }

  begin(): void {
    this.#transaction.begin();
    this.#began = performance.now();
    this.#rows = 0;
    this.#bytes = 0;
    this.#keyless = false;
  }

  /** True while a STATE waits for its commit: a row without a key may not join it. */
  get holdsState(): boolean {
    return this.#state !== undefined && !this.#atEnd;
  }

  /** To be called after each row. */
  wrote(bytes: number, keyless: boolean): void {
    this.#rows += 1;
    this.#bytes += bytes;
    if (keyless && !this.#atEnd) this.#keyless = true;
    if (this.#rows >= this.#bounds.rows || this.#bytes >= this.#bounds.bytes) this.#pastBound();
  }

  /** A STATE stands here. */
  state(value: string): void {
    this.#state = value;
    if (this.#atEnd) return;
    if (performance.now() - this.#committed >= this.#interval) this.commit();
    else {
      this.#transaction.mark();
      this.#books.mark();
    }
  }

  /** To be called when a piece of the input is done; `silent` when no more came for a while. */
  rest(silent: boolean): void {
    if (!this.isOpen) return;
    const now = performance.now();
    const waited = now - this.#committed >= this.#interval;
    if (this.holdsState && (silent || waited)) this.commit();
    else if (now - this.#began >= this.#bounds.seconds * 1000) this.#pastBound();
  }

  /** Waits while more was printed than the reader of our output has taken. */
  async acknowledged(): Promise<void> {
    await this.#room;
  }

  commit(): void {
    this.#commit(this.#atEnd ? undefined : this.#state);
    if (!this.#atEnd) this.#books.committed();
  }

  /** The last commit of a run. */
  finish(): void {
    this.#commit(this.#state);
    this.#books.committed();
  }

  #commit(state: string | undefined): void {
    const start = performance.now();
    if (state !== undefined) this.#books.state(state);
    this.#books.progress();
    this.#transaction.commit();
    if (!this.#atEnd) this.#state = undefined;
    this.#committed = performance.now();
    const cost = this.#committed - start;
    this.#interval = Math.min(Math.max(cost / COMMIT_SHARE, LEAST_INTERVAL), LONGEST_INTERVAL);
    if (state !== undefined) this.#print(state);
  }

  /** Ends the run early: what the last STATE covers is committed, the rest undone. */
  abandon(): void {
    if (!this.isOpen) return;
    if (this.holdsState && this.#transaction.isMarked) {
      this.#transaction.undoToMark();
      this.#books.undoToMark();
      this.commit();
    } else this.#transaction.rollback();
  }

  rollback(): void {
    this.#transaction.rollback();
  }

  #pastBound(): void {
    if (!this.#keyless) this.commit();
  }

  /** A reader that has gone ends nothing: the database keeps the state all the same. */
  #print(state: string): void {
    if (this.#outputClosed) return;
    this.#room = this.#output.write(`${state}\n`).catch((error: unknown) => {
      if (!(error instanceof OutputClosedError)) throw error;
      this.#outputClosed = true;
    });
  }

  async flush(): Promise<void> {
    await this.#room;
    if (this.#outputClosed) return;
    await this.#output.flush().catch((error: unknown) => {
      if (!(error instanceof OutputClosedError)) throw error;
      this.#outputClosed = true;
    });
  }
}
