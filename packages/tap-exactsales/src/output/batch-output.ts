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
import type { MessageOutput } from './lines.ts';

/** Milliseconds that a STATE is held back for at most, while the files fill. */
const LONGEST_WAIT = 30_000;

/**
 * @param source what the files are called after, in front of their stream
 * @throws SettingsError where the files have no place
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
 * Rows go into files; the other messages are lines, and what they are about is named in BATCH lines
 * before them: a STATE comes behind all rows that were handed over, a SCHEMA and an
 * ACTIVATE_VERSION behind those of their stream and its family. So that the files are worth their
 * while, a STATE waits until one of them is full.
 */
class BatchOutput implements MessageOutput {
  readonly #output: Output;
  /** A batch stays here until its BATCH line is written. */
  readonly #batches: OpenBatches;
  readonly #counters = new Map<string, Counter>();
  /** True when files have left since the last STATE for want of room. */
  #isDue = false;
  #stated = performance.now();
  /** A STATE that is held back. */
  #held: (() => object) | undefined;
  /** What is under way: sets that are read side by side write one after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(output: Output, batches: OpenBatches) {
    this.#output = output;
    this.#batches = batches;
  }

  write(messages: Iterable<Message>): Promise<void> {
    return this.#inTurn(async () => {
      for (const message of messages) {
        if (message.type === 'RECORD') await this.#add(message);
        else await this.#say(message);
      }
      for (const batch of this.#batches.all) await batch.write();
    });
  }

  state(value: () => object): Promise<void> {
    return this.#inTurn(async () => {
      this.#held = value;
      if (this.#isStateDue()) await this.#state();
    });
  }

  async end(): Promise<void> {
    try {
      await this.#inTurn(() => this.#state());
      for (const batches of this.#counters.values()) batches.flush();
      await this.#output.flush();
    } catch (fault) {
      await Promise.allSettled(this.#batches.all.map((batch) => batch.discard()));
      throw fault;
    }
  }

  /** After a fault nothing is written any more: a later STATE would claim what was lost by it. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work);
    // Heard by whoever waits for this turn, or for a later one.
    this.#turn.catch(() => undefined);
    return this.#turn;
  }

  async #add(record: RecordMessage): Promise<void> {
    if (this.#batches.mustWriteBefore(record)) {
      await this.#leave(this.#batches.familyOf(record.stream));
      this.#isDue = true;
    }
    this.#batches.add(record);
  }

  async #say(message: Exclude<Message, RecordMessage>): Promise<void> {
    if (message.type === 'SCHEMA') this.#batches.declare(message);
    if ('stream' in message) await this.#leave(this.#batches.familyOf(message.stream));
    await this.#output.write(messageLine(message));
  }

  #isStateDue(): boolean {
    const waited = performance.now() - this.#stated;
    const batches = this.#batches.all;
    const isFull = batches.length === 0 || batches.some((batch) => batch.isFull);
    return isFull || this.#isDue || waited >= LONGEST_WAIT;
  }

  /** The STATE that is held back, behind all rows: what they say was handed over before it. */
  async #state(): Promise<void> {
    await this.#leave(this.#batches.all);
    this.#batches.forgetReplaced();
    if (!this.#held) return;
    await this.#output.write(stateLine(this.#held()));
    this.#held = undefined;
    this.#isDue = false;
    this.#stated = performance.now();
  }

  /**
   * Completes the files, then names them.
   * @param batches parents first
   */
  async #leave(batches: readonly Batch[]): Promise<void> {
    const closing = batches.map((batch) => batch.close());
    // Where one fails, none is under way any more when the fault is heard: all can be discarded.
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
