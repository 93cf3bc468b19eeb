import {
  counter,
  messageLine,
  stateLine,
  type Counter,
  type Message,
  type Output,
  type RecordMessage,
} from '@exact-spotter/singer';
import { DEFAULT_BATCH_SIZE, type BatchConfig } from '../settings.ts';
import { BatchFolder } from './batch-file.ts';
import { OpenBatches, type Batch } from './batches.ts';
import type { MessageOutput } from './line-output.ts';

/** A STATE is held back for up to this many milliseconds. */
const LONGEST_WAIT = 30_000;

/**
 * @param source the program name, which precedes the stream name in file names
 * @throws SettingsError if the folder cannot be used
 */
export async function openBatches(
  config: BatchConfig,
  source: string,
  output: Output,
): Promise<MessageOutput> {
  const folder = await BatchFolder.open(config, source);
  const batches = new OpenBatches(folder, config.batch_size ?? DEFAULT_BATCH_SIZE);
  return new BatchOutput(output, batches);
}

/**
 * Writes rows to files and all other messages as lines. BATCH lines precede the messages that
 * depend on their files: a STATE follows the files of all rows written so far, and a SCHEMA or an
 * ACTIVATE_VERSION follows the files of its stream and of the stream's family. A STATE is held back
 * until a file is full, to avoid many tiny files.
 */
class BatchOutput implements MessageOutput {
  readonly #output: Output;
  /** The batches whose BATCH line has not been written. */
  readonly #batches: OpenBatches;
  readonly #counters = new Map<string, Counter>();
  /** True if a full file has been written since the last STATE. */
  #isDue = false;
  #lastState = performance.now();
  /** The STATE that is held back. */
  #held: (() => object) | undefined;
  /** The write in progress. Concurrent reads write one after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(output: Output, batches: OpenBatches) {
    this.#output = output;
    this.#batches = batches;
  }

  write(messages: Iterable<Message>): Promise<void> {
    return this.#inTurn(async () => {
      for (const message of messages) {
        if (message.type === 'RECORD') await this.#add(message);
        else await this.#writeLine(message);
      }
      for (const batch of this.#batches.all) await batch.write();
    });
  }

  state(value: () => object): Promise<void> {
    return this.#inTurn(async () => {
      this.#held = value;
      if (this.#isStateDue()) await this.#writeState();
    });
  }

  async end(): Promise<void> {
    try {
      await this.#inTurn(() => this.#writeState());
      for (const batches of this.#counters.values()) batches.flush();
      await this.#output.flush();
    } catch (error) {
      await Promise.allSettled(this.#batches.all.map((batch) => batch.discard()));
      throw error;
    }
  }

  /** Writes nothing after an error, because a later STATE would cover lost rows. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work);
    // The error reaches the caller of this turn or of a later turn.
    this.#turn.catch(() => undefined);
    return this.#turn;
  }

  async #add(record: RecordMessage): Promise<void> {
    if (this.#batches.mustWriteBefore(record)) {
      await this.#writeBatches(this.#batches.familyOf(record.stream));
      this.#isDue = true;
    }
    this.#batches.add(record);
  }

  async #writeLine(message: Exclude<Message, RecordMessage>): Promise<void> {
    if (message.type === 'SCHEMA') this.#batches.declare(message);
    if ('stream' in message) await this.#writeBatches(this.#batches.familyOf(message.stream));
    await this.#output.write(messageLine(message));
  }

  #isStateDue(): boolean {
    const waited = performance.now() - this.#lastState;
    const batches = this.#batches.all;
    const isFull = batches.length === 0 || batches.some((batch) => batch.isFull);
    return isFull || this.#isDue || waited >= LONGEST_WAIT;
  }

  /** Writes all files, then the STATE that was held back. */
  async #writeState(): Promise<void> {
    await this.#writeBatches(this.#batches.all);
    this.#batches.forgetReplaced();
    if (!this.#held) return;
    await this.#output.write(stateLine(this.#held()));
    this.#held = undefined;
    this.#isDue = false;
    this.#lastState = performance.now();
  }

  /**
   * Completes the files, then writes the BATCH lines that name them.
   * @param batches parents first
   */
  async #writeBatches(batches: readonly Batch[]): Promise<void> {
    const closing = batches.map((batch) => batch.close());
    // If one file fails, the remaining files are still awaited so that all files can be deleted.
    await Promise.allSettled(closing);
    for (const message of await Promise.all(closing)) {
      await this.#output.write(messageLine(message));
      this.#batches.remove(message.stream);
      this.#count(message.stream);
    }
  }

  #count(stream: string): void {
    const batches = this.#counters.get(stream) ?? counter('batch_count', { stream });
    this.#counters.set(stream, batches);
    batches.add();
  }
}
