import { extname } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/**
 * The number of slots to read before yielding to the event loop, which handles signals and writes.
 */
const SLOTS_PER_TURN = 16;

/**
 * Reads a pipe on stdin in a second thread. While this thread is busy, the second thread reads up
 * to 4 MiB ahead, so that the program that writes to the pipe does not have to wait. Each chunk is
 * valid until the next chunk is requested.
 */
export async function* pipeBytes(stop: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const ring = new PipeRing();
  const file = new URL(`./pipe-thread${extname(import.meta.filename)}`, import.meta.url);
  const thread = new Worker(file, { workerData: ring.memory, stdin: false });
  const wake = (): void => ring.wake();
  stop?.addEventListener('abort', wake);
  try {
    for (let slots = 1; ; slots += 1) {
      await ring.untilFilled();
      if (stop?.aborted === true) return;
      const bytes = ring.peek();
      if (bytes === undefined) return;
      yield bytes;
      ring.release();
      if (slots % SLOTS_PER_TURN === 0) await turn();
    }
  } finally {
    stop?.removeEventListener('abort', wake);
    await thread.terminate();
  }
}

/**
 * The size of a slot in bytes. It equals the size of a pipe, which is the most that one read
 * returns.
 */
export const SLOT_BYTES = 64 * 1024;
const SLOTS = 64;
/** A thread that waits for a free slot is woken after this number of slots has been released. */
const SLOTS_PER_WAKE = 16;
/** Positions of the counters and lengths in the control memory, in 32-bit integers. */
const FILLED = 0;
const EMPTIED = 1;
const LENGTHS = 2;
const CONTROL_BYTES = 4 * (LENGTHS + SLOTS);
/** Special values that are stored in place of a slot's length. */
const END = -1;
const FAILED = -2;

/**
 * A ring of slots in memory that two threads share. Each slot contains the bytes of one read. The
 * pipe thread fills slots; the main thread uses the bytes and releases the slots.
 */
export class PipeRing {
  readonly memory: SharedArrayBuffer;
  readonly #control: Int32Array<SharedArrayBuffer>;
  readonly #bytes: Uint8Array<SharedArrayBuffer>;

  constructor(memory = new SharedArrayBuffer(CONTROL_BYTES + SLOTS * SLOT_BYTES)) {
    this.memory = memory;
    this.#control = new Int32Array(memory, 0, CONTROL_BYTES / 4);
    this.#bytes = new Uint8Array(memory, CONTROL_BYTES);
  }

  /** Adds the bytes of one read. A slot must be free. */
  put(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#slot(FILLED) * SLOT_BYTES);
    this.#fill(bytes.length);
  }

  /** Marks the end of the input. A slot must be free. */
  end(): void {
    this.#fill(END);
  }

  /** Marks that the pipe failed. A slot must be free. */
  fail(): void {
    this.#fill(FAILED);
  }

  /** @returns a promise that resolves when a slot is free; undefined if a slot is already free */
  untilFree(): Promise<unknown> | undefined {
    const emptied = Atomics.load(this.#control, EMPTIED);
    const isFull = Atomics.load(this.#control, FILLED) - emptied >= SLOTS;
    return isFull ? this.#change(EMPTIED, emptied) : undefined;
  }

  /**
   * @returns a promise that resolves when a slot is filled; undefined if a slot is already filled
   */
  untilFilled(): Promise<unknown> | undefined {
    const filled = Atomics.load(this.#control, FILLED);
    const isEmpty = filled === Atomics.load(this.#control, EMPTIED);
    return isEmpty ? this.#change(FILLED, filled) : undefined;
  }

  /**
   * Returns the bytes of the next slot, which must be filled. The bytes are valid until {@link
   * release} is called.
   * @returns undefined at the end of the input
   * @throws Error if the pipe failed
   */
  peek(): Uint8Array | undefined {
    const slot = this.#slot(EMPTIED);
    const length = this.#control[LENGTHS + slot] ?? END;
    if (length === FAILED) throw new Error('stdin failed');
    return length === END
      ? undefined
      : this.#bytes.subarray(slot * SLOT_BYTES, slot * SLOT_BYTES + length);
  }

  release(): void {
    const emptied = Atomics.add(this.#control, EMPTIED, 1) + 1;
    // Waking the other thread is expensive, so it is woken only after several releases.
    if (emptied % SLOTS_PER_WAKE === 0) Atomics.notify(this.#control, EMPTIED);
  }

  /** Wakes the thread that waits for a filled slot, even if no slot is filled. */
  wake(): void {
    Atomics.notify(this.#control, FILLED);
  }

  #fill(length: number): void {
    this.#control[LENGTHS + this.#slot(FILLED)] = length;
    Atomics.add(this.#control, FILLED, 1);
    Atomics.notify(this.#control, FILLED);
  }

  #slot(counter: typeof FILLED | typeof EMPTIED): number {
    return Atomics.load(this.#control, counter) % SLOTS;
  }

  #change(counter: typeof FILLED | typeof EMPTIED, from: number): Promise<unknown> | undefined {
    const { async, value } = Atomics.waitAsync(this.#control, counter, from);
    return async ? value : undefined;
  }
}
