import { OutputClosedError, OutputFailedError, type Output } from '@exact-spotter/singer';
import { progressWriter } from '../bookkeeping/runs.ts';
import { stateWriter } from '../bookkeeping/saved-state.ts';
import { Transaction } from '../database/transaction.ts';
import type { TargetSettings } from '../settings.ts';
import type { SessionContext } from './context.ts';
import type { Counts } from './counts.ts';

/**
 * The limits of the interval between two commits, in milliseconds. Commits are spaced out because
 * every commit waits for the disk.
 */
const MIN_INTERVAL = 20;
const MAX_INTERVAL = 500;
/** The maximum share of the run time that may be spent on commits. */
const COMMIT_SHARE = 0.1;

/**
 * Decides when to commit. It commits at a STATE. If the last commit was very recent, the committer
 * only marks the STATE, and commits at a later STATE or when the input pauses. Between two STATEs,
 * it commits only when a batch limit is reached, and never while rows without a key are pending: a
 * tap that resumes from the stored state would send these rows again, which would duplicate them.
 */
export class Committer {
  readonly #transaction: Transaction;
  readonly #counts: Counts;
  readonly #settings: TargetSettings;
  readonly #output: Output;
  readonly #saveState: (value: string) => void;
  readonly #saveProgress: ReturnType<typeof progressWriter>;
  /** True if rows are staged until the end of the run and no STATE is printed before the end. */
  readonly #isStaging: boolean;
  #outputError: OutputClosedError | OutputFailedError | undefined;
  #written: Promise<void> | undefined;
  /** The last STATE that is not committed yet. */
  #state: string | undefined;
  #rows = 0;
  #bytes = 0;
  #hasKeylessRows = false;
  #began = 0;
  #committed = performance.now();
  #interval = MIN_INTERVAL;

  constructor({ db, settings, output, run }: SessionContext, counts: Counts) {
    this.#transaction = new Transaction(db);
    this.#counts = counts;
    this.#settings = settings;
    this.#output = output;
    this.#saveState = stateWriter(db, { stateId: settings.state_id, run });
    this.#saveProgress = progressWriter(db, run);
    this.#isStaging = settings.load_method === 'overwrite';
  }

  get isOpen(): boolean {
    return this.#transaction.isOpen;
  }

  /** True if another program changed the database's schema before this transaction. */
  get isSchemaChanged(): boolean {
    return this.#transaction.isSchemaChanged;
  }

  /** Why a STATE could not be written to the output; undefined if every STATE was written. */
  get outputError(): OutputClosedError | OutputFailedError | undefined {
    return this.#outputError;
  }

  /**
   * True while a STATE is waiting to be committed. A row without a key must not join that STATE's
   * transaction.
   */
  get holdsState(): boolean {
    return this.#state !== undefined && !this.#isStaging;
  }

  /** @throws SqliteError with SQLITE_BUSY while another program writes */
  begin(): void {
    this.#transaction.begin();
    this.#began = performance.now();
    this.#rows = 0;
    this.#bytes = 0;
    this.#hasKeylessRows = false;
  }

  /** Counts a row that was written, and commits if a batch limit is reached. */
  wrote(bytes: number, isKeyless: boolean): void {
    this.#rows += 1;
    this.#bytes += bytes;
    if (isKeyless && !this.#isStaging) this.#hasKeylessRows = true;
    const { batch_size_rows: maxRows, batch_size_bytes: maxBytes } = this.#settings;
    if (this.#rows >= maxRows || this.#bytes >= maxBytes) this.#commitPastBound();
  }

  /** Handles a STATE: commits, or sets a mark for a later commit. */
  state(value: string): void {
    this.#state = value;
    if (this.#isStaging) return;
    if (performance.now() - this.#committed >= this.#interval) this.commit();
    else {
      this.#transaction.mark();
      this.#counts.mark();
    }
  }

  /**
   * Commits if a commit is due. Called after each piece of input.
   * @param isSilent true if no input arrived for a while
   */
  commitIfDue(isSilent: boolean): void {
    if (!this.isOpen) return;
    const now = performance.now();
    const waited = now - this.#committed >= this.#interval;
    if (this.holdsState && (isSilent || waited)) this.commit();
    else if (now - this.#began >= this.#settings.batch_seconds * 1000) this.#commitPastBound();
  }

  /** Resolves when the last STATE has been written to the output, whose reader may be slow. */
  async outputReady(): Promise<void> {
    await this.#written;
  }

  commit(): void {
    this.#commit(this.#isStaging ? undefined : this.#state);
    if (!this.#isStaging) this.#counts.committed();
  }

  /** Makes the last commit of a session. */
  finish(): void {
    this.#commit(this.#state);
    this.#counts.committed();
  }

  #commit(state: string | undefined): void {
    const start = performance.now();
    if (state !== undefined) this.#saveState(state);
    this.#saveProgress(this.#counts.progress);
    this.#transaction.commit();
    if (!this.#isStaging) this.#state = undefined;
    this.#committed = performance.now();
    const cost = this.#committed - start;
    this.#interval = Math.min(Math.max(cost / COMMIT_SHARE, MIN_INTERVAL), MAX_INTERVAL);
    if (state !== undefined) this.#print(state);
  }

  /** Ends the session early: commits up to the last STATE and undoes the rest. */
  abandon(): void {
    if (!this.isOpen) return;
    if (this.holdsState && this.#transaction.isMarked) {
      this.#transaction.undoToMark();
      this.#counts.undoToMark();
      this.commit();
    } else this.#transaction.rollback();
  }

  rollback(): void {
    this.#transaction.rollback();
  }

  #commitPastBound(): void {
    if (!this.#hasKeylessRows) this.commit();
  }

  /** Prints a STATE. If that fails, the load continues because the state is also in the database. */
  #print(state: string): void {
    if (this.#outputError) return;
    this.#written = this.#output.write(`${state}\n`).catch((error: unknown) => {
      this.#noteFailed(error);
    });
  }

  async flush(): Promise<void> {
    await this.#written;
    if (this.#outputError) return;
    await this.#output.flush().catch((error: unknown) => {
      this.#noteFailed(error);
    });
  }

  #noteFailed(error: unknown): void {
    if (!(error instanceof OutputClosedError || error instanceof OutputFailedError)) throw error;
    this.#outputError = error;
  }
}
