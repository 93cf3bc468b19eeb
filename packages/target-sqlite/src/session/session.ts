import type { BatchMessage, Line, Message } from '@exact-spotter/singer';
import { indexColumns } from '../database/table-change.ts';
import type { Db } from '../database/sqlite.ts';
import { dropStaged, swapStaged } from '../database/staging.ts';
import { inTransaction } from '../database/transaction.ts';
import { errorInFile, openBatchFile, type BatchOptions } from '../input/batch-files.ts';
import type { MessageLine, UnmappedLine } from '../input/line-parser.ts';
import { Deletions } from '../stream/deletions.ts';
import { StreamRegistry } from '../stream/registry.ts';
import { Committer } from './committer.ts';
import type { SessionContext } from './context.ts';
import { Counts } from './counts.ts';
import { Dispatcher } from './dispatch.ts';
import { whenFree } from './lock.ts';
import { Records } from './records.ts';

/** An open load: the database, its transaction, and the declared streams. */
export class Session {
  readonly committer: Committer;
  readonly counts = new Counts();
  readonly records: Records;
  readonly registry: StreamRegistry;
  readonly #context: SessionContext;
  readonly #batches: BatchOptions;
  readonly #dispatcher: Dispatcher;

  constructor(context: SessionContext, batches: BatchOptions) {
    const { db, settings } = context;
    this.#context = context;
    this.#batches = batches;
    this.committer = new Committer(context, this.counts);
    this.registry = new StreamRegistry(db, settings);
    const deletions = new Deletions(db, settings.hard_delete, this.registry);
    this.records = new Records(context, this.registry, deletions, this.counts);
    this.#dispatcher = new Dispatcher(this.registry, this.records, deletions, this.committer);
  }

  get db(): Db {
    return this.#context.db;
  }

  /** Counts the bytes of a new piece of input, and records when the piece arrived. */
  received(bytes: number): void {
    this.counts.addBytes(bytes);
    this.records.received();
  }

  /** Applies messages to the database, in order. */
  async handleAll(lines: Iterable<MessageLine | UnmappedLine>): Promise<void> {
    for (const line of lines) {
      const waiting = this.handle(line.message, line);
      // An `await` without a promise would cost time on every record.
      if (waiting) await waiting;
    }
  }

  /**
   * Applies one message to the database. If the program is stopped during a wait, the message is
   * dropped.
   * @returns a promise only if the message has to wait for a transaction, the validator or a BATCH
   * file
   */
  handle(message: Message, line: Line | UnmappedLine): Promise<void> | undefined {
    if (message.type === 'BATCH') return this.#handleBatch(message, line);
    if (!this.#isReadyFor(message)) return this.#handleWhenReady(message, line);
    this.#dispatcher.apply(message, line);
    return undefined;
  }

  /**
   * True if the open transaction can include the message and, for a SCHEMA that needs the validator,
   * the validator is loaded.
   */
  #isReadyFor(message: Exclude<Message, BatchMessage>): boolean {
    if (!this.committer.isOpen) return false;
    if (message.type === 'SCHEMA') return this.registry.canDeclare(message);
    const isHeld = this.committer.holdsState && message.type === 'RECORD';
    return !isHeld || this.registry.find(message.stream)?.isKeyless !== true;
  }

  async #handleWhenReady(message: Exclude<Message, BatchMessage>, line: Line): Promise<void> {
    if (message.type === 'SCHEMA') await this.registry.prepare(message);
    else if (this.committer.isOpen) this.committer.commit();
    await this.inTransaction(() => {
      this.#dispatcher.apply(message, line);
    });
  }

  /** Loads the records in BATCH files as if each record were a RECORD message. */
  async #handleBatch(batch: BatchMessage, line: Line): Promise<void> {
    const isStopped = (): boolean => this.#context.wait.stop.aborted;
    for (const url of batch.manifest) {
      try {
        const file = await openBatchFile(batch, url, this.#batches);
        for await (const lines of file.pieces) {
          if (isStopped()) return;
          this.received(0);
          await this.handleAll(lines);
          await this.acknowledge(false);
        }
        if (isStopped()) return;
        if (this.#context.settings.clean_up_batch_files) this.counts.addFile(file.path);
      } catch (cause) {
        throw errorInFile(cause, url, { line: line.number, stream: batch.stream });
      }
    }
  }

  /**
   * Does some work in the open transaction. If no transaction is open, opens one as soon as the
   * database is free.
   * @returns false if the program was stopped during the wait and the work was not done
   */
  async inTransaction(work: () => unknown): Promise<boolean> {
    if (!this.committer.isOpen && !(await this.#begin())) return false;
    await work();
    return true;
  }

  async #begin(): Promise<boolean> {
    const { db, wait } = this.#context;
    await whenFree(db, wait, () => {
      this.committer.begin();
    });
    if (!this.committer.isOpen) return false;
    this.records.began();
    if (this.committer.isSchemaChanged) this.registry.reopenAll();
    return true;
  }

  /**
   * If a commit is due, commits and prints the STATE. Waits while the reader of the output is slow.
   */
  async acknowledge(isSilent: boolean): Promise<void> {
    this.committer.commitIfDue(isSilent);
    await this.committer.outputReady();
  }

  /** Applies the changes that were deferred to the end of the input, and commits. */
  async finish(): Promise<void> {
    const isDone = await this.inTransaction(() => {
      this.#dispatcher.end();
      for (const { name, table } of this.registry.all()) {
        if (table.table !== table.finalTable) swapStaged(this.db, name, table);
      }
      this.committer.finish();
    });
    if (isDone) await this.#indexReferences();
  }

  /** Drops the staged rows of a load that failed or was stopped. */
  dropStaged(): void {
    for (const { table } of this.registry.all()) dropStaged(this.db, table);
  }

  /** Indexes the columns that refer to other tables, once the rows are committed. */
  async #indexReferences(): Promise<void> {
    const { db, settings, wait } = this.#context;
    if (!settings.index_references) return;
    const wanted = this.registry.all().flatMap((stream) => stream.referringColumns());
    await whenFree(db, wait, () => {
      inTransaction(db, () => {
        for (const { table, columns } of wanted) indexColumns(db, table, columns);
      });
    });
  }
}
