import { InputError, log, OutputClosedError, type Output } from '@exact-spotter/singer';
import { Committer } from './committer.ts';
import { closeWritten } from './database/connection.ts';
import { asDatabaseError } from './database/faults.ts';
import { endRun, progressWriter, type Outcome } from './database/runs.ts';
import type { Db } from './database/sqlite.ts';
import { stateWriter } from './database/state.ts';
import { Transaction } from './database/transaction.ts';
import { Deletions } from './deletions.ts';
import { whenFree, type Wait } from './lock.ts';
import type { TargetSettings } from './program.ts';
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
}

/** One run: the open database, the target that writes to it, and how the run ends. */
export class Run {
  readonly #parts: RunParts;
  readonly #target: Target;
  readonly #committer: Committer;
  readonly #books: RunBooks;

  constructor(parts: RunParts) {
    const { db, settings, output, number, startedAt } = parts;
    this.#parts = parts;
    this.#books = new RunBooks({
      state: stateWriter(db, { stateId: settings.state_id, run: number }),
      progress: progressWriter(db, number),
    });
    this.#committer = new Committer(new Transaction(db), this.#books, bounds(settings), output);
    const streams = new Streams(db, settings);
    this.#target = new Target({
      streams,
      deletions: new Deletions(db, settings, streams),
      committer: this.#committer,
      books: this.#books,
      startedAt,
    });
  }

  /** True while a transaction is open to write into. */
  get isReady(): boolean {
    return this.#committer.isOpen;
  }

  /** Opens a transaction when the database is free. @returns false when the run is to stop */
  async begin(): Promise<boolean> {
    await whenFree(this.#parts.db, this.#parts.wait, () => this.#committer.begin());
    if (this.isReady) this.#target.began();
    return this.isReady;
  }

  /** Commits where it is time to, and waits while much is printed that nobody has read. */
  async acknowledge(silent: boolean): Promise<void> {
    this.#committer.rest(silent);
    await this.#committer.acknowledged();
  }

  /** Does the work, and ends the run in order however the work ends. */
  async walk(work: (target: Target) => Promise<void>): Promise<void> {
    const { stop } = this.#parts.wait;
    try {
      await work(this.#target);
      if (stop.aborted) this.#committer.abandon();
      else await this.#finish();
      this.#end(stop.aborted ? 'stopped' : 'done');
    } catch (error) {
      const fault = asDatabaseError(error, this.#parts.wait.path);
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
    if (!(this.isReady || (await this.begin()))) return;
    this.#target.end();
    this.#committer.commit();
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
      endRun(db, number, { outcome, startedAt, ...(reason !== undefined && { reason }) });
    } catch (error) {
      if (outcome !== 'failed') throw error;
    }
    if (outcome !== 'failed') log.info(`Rows loaded: ${total}`, { streams: rows.size });
  }
}

function bounds(settings: TargetSettings): ConstructorParameters<typeof Committer>[2] {
  return {
    rows: settings.batch_size_rows,
    bytes: settings.batch_size_bytes,
    seconds: settings.batch_seconds,
  };
}
