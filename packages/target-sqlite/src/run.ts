import {
  InputError,
  log,
  OutputClosedError,
  type Message,
  type Output,
} from '@exact-spotter/singer';
import { Committer } from './committer.ts';
import { closeWritten } from './database/connection.ts';
import { asDatabaseError } from './database/faults.ts';
import { indexColumns } from './database/indexes.ts';
import { quarantineWriter } from './database/quarantine.ts';
import { endRun, progressWriter, type Outcome } from './database/runs.ts';
import type { Db } from './database/sqlite.ts';
import { dropStaged, swapStaged } from './database/staging.ts';
import { stateWriter } from './database/state.ts';
import { Transaction } from './database/transaction.ts';
import { Deletions } from './deletions.ts';
import { whenFree, type Wait } from './lock.ts';
import type { TargetSettings } from './program.ts';
import { Records } from './records.ts';
import { RunBooks } from './run-books.ts';
import { Streams } from './streams.ts';
import { Target } from './target.ts';

export interface RunParts {
  readonly db: Db;
  readonly settings: TargetSettings;
  readonly output: Output;
  readonly wait: Wait;
  /** The run's number in `_singer_runs`. */
  readonly number: number;
  readonly startedAt: Date;
  /** False for records that come again later than their children. */
  readonly replacesChildren: boolean;
}

/** One run: the open database, the target that writes to it, and how the run ends. */
export class Run {
  readonly #parts: RunParts;
  readonly #streams: Streams;
  readonly #records: Records;
  readonly #target: Target;
  readonly #committer: Committer;
  readonly #books: RunBooks;

  constructor(parts: RunParts) {
    const { db, settings, output, number } = parts;
    this.#parts = parts;
    const books = new RunBooks({
      state: stateWriter(db, { stateId: settings.state_id, run: number }),
      progress: progressWriter(db, number),
      quarantine: quarantineWriter(db, number),
    });
    const committer = new Committer({
      transaction: new Transaction(db),
      books,
      bounds: {
        rows: settings.batch_size_rows,
        bytes: settings.batch_size_bytes,
        seconds: settings.batch_seconds,
      },
      output,
      atEnd: settings.load_method === 'overwrite',
    });
    const streams = new Streams(db, settings);
    const deletions = new Deletions(db, settings.hard_delete, streams);
    this.#books = books;
    this.#committer = committer;
    this.#streams = streams;
    this.#records = new Records({ ...parts, streams, deletions, books });
    this.#target = new Target({ streams, deletions, committer, records: this.#records });
  }

  /** True when a message can be loaded at once: a transaction is open that it may join. */
  isReadyFor(message: Message): boolean {
    if (!this.#committer.isOpen) return false;
    if (message.type === 'SCHEMA') return this.#streams.canDeclare(message);
    const isHeld = this.#committer.holdsState && message.type === 'RECORD';
    return !isHeld || this.#streams.find(message.stream)?.isKeyless !== true;
  }

  /**
   * Waits for what a message needs: a transaction, which opens when the database is free, and the
   * validator where a schema says more than types.
   * @returns false when the run is to stop
   */
  async makeReady(message: Message): Promise<boolean> {
    if (message.type === 'SCHEMA') await this.#streams.prepare(message);
    else if (this.#committer.isOpen) this.#committer.commit();
    return this.open();
  }

  /** Waits for a transaction. @returns false when the run is to stop */
  async open(): Promise<boolean> {
    return this.#committer.isOpen || this.#begin();
  }

  async #begin(): Promise<boolean> {
    const { db, wait } = this.#parts;
    await whenFree(db, wait, () => {
      this.#committer.begin();
    });
    if (!this.#committer.isOpen) return false;
    this.#records.began();
    if (this.#committer.isForeign) this.#streams.reopenAll();
    return true;
  }

  /** To be called when a piece of the input came. */
  received(bytes: number): void {
    this.#books.read(bytes);
    this.#records.received();
  }

  /** To be called when a file of a BATCH was read to its end. */
  loaded(path: string): void {
    if (this.#parts.settings.clean_up_batch_files) this.#books.loaded(path);
  }

  /** Commits where it is time to, and waits while much is printed that nobody has read. */
  async acknowledge(silent: boolean): Promise<void> {
    this.#committer.rest(silent);
    await this.#committer.acknowledged();
  }

  get db(): Db {
    return this.#parts.db;
  }

  get streams(): Streams {
    return this.#streams;
  }

  /** Does the work, and ends the run in order however the work ends. */
  async walk(work: (target: Target) => Promise<void>): Promise<void> {
    const { stop, path } = this.#parts.wait;
    try {
      await work(this.#target);
      if (stop.aborted) this.#committer.abandon();
      else await this.#finish();
      this.#end(stop.aborted ? 'stopped' : 'done');
    } catch (error) {
      const fault = asDatabaseError(error, path);
      this.#undo(fault);
      this.#end('failed', fault instanceof Error ? fault.message : undefined);
      throw fault;
    } finally {
      await this.#committer.flush();
      closeWritten(this.#parts.db);
    }
    if (this.#committer.isOutputClosed) throw new OutputClosedError();
  }

  async #finish(): Promise<void> {
    if (!(await this.open())) return;
    this.#target.end();
    for (const { name, table } of this.#streams.all()) {
      if (table.table !== table.finalTable) swapStaged(this.#parts.db, name, table);
    }
    this.#committer.finish();
    await this.#index();
  }

  /** Analysts join: what refers to another table gets an index, once the rows are safe. */
  async #index(): Promise<void> {
    const { db, settings, wait } = this.#parts;
    if (!settings.index_references) return;
    const wanted = this.#streams.all().flatMap((stream) => stream.indexes());
    const make = db.transaction(() => {
      for (const { table, columns } of wanted) indexColumns(db, table, columns);
    });
    await whenFree(db, wait, () => {
      make.immediate();
    });
  }

  /** Bad input takes nothing back of what a STATE before it covers; a bad disk takes all. */
  #undo(fault: unknown): void {
    try {
      if (fault instanceof InputError) this.#committer.abandon();
      else this.#committer.rollback();
    } catch (error) {
      log.debug(`What was pending could not be undone: ${String(error)}`);
    }
  }

  #end(outcome: Outcome, reason?: string): void {
    const { db, number, startedAt } = this.#parts;
    const { rows } = this.#books.counts;
    const total = rows.values().reduce((sum, count) => sum + count, 0);
    try {
      if (outcome !== 'done') {
        for (const { table } of this.#streams.all()) dropStaged(db, table);
      }
      endRun(db, number, { outcome, startedAt, ...(reason !== undefined && { reason }) });
    } catch (error) {
      if (outcome !== 'failed') throw error;
    }
    this.#target.tell();
    const { refused } = this.#books;
    if (refused > 0) log.warning(`Records that were kept aside in _singer_quarantine: ${refused}`);
    if (outcome !== 'failed') log.info(`Rows loaded: ${total}`, { streams: rows.size });
  }
}
