import { extname } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** Slots between two turns of the event loop, which signals and writes under way wait for. */
const SLOTS_A_TURN = 16;

/**
 * The bytes of the standard input, read by a thread of its own: while this thread is busy the pipe
 * is emptied all the same, up to 4 MiB, and the program that writes into it does not take turns
 * with us. Each piece is good until the next one is asked for.
 */
export async function* pipeBytes(stop: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const ring = new PipeRing();
  const file = new URL(`./pipe-thread${extname(import.meta.filename)}`, import.meta.url);
  const thread = new Worker(file, { workerData: ring.memory, stdin: false });
  const wake = (): void => ring.wake();
  stop?.addEventListener('abort', wake);
  try {
    for (let slots = 1; ; slots += 1) {
      await ring.filled();
      if (stop?.aborted === true) return;
      const bytes = ring.peek();
      if (bytes === undefined) return;
      yield bytes;
      ring.release();
      if (slots % SLOTS_A_TURN === 0) await turn();
    }
  } finally {
    stop?.removeEventListener('abort', wake);
    await thread.terminate();
  }
}

/** Bytes of one slot: as many as a pipe gives at once. */
export const SLOT_BYTES = 64 * 1024;
const SLOTS = 64;
/** A reader that waits for room is woken when so many slots are free. */
const SLOTS_A_WAKE = 16;
/** Where the counters and lengths stand, as 32-bit numbers. */
const FILLED = 0;
const EMPTIED = 1;
const LENGTHS = 2;
const CONTROL_BYTES = 4 * (LENGTHS + SLOTS);
/** In the place of a length. */
const END = -1;
const FAULT = -2;

/**
 * The memory that the thread which reads a pipe and the thread which works on the bytes share: a
 * ring of slots, each with the bytes of one read. Slots are filled while the other thread is busy,
 * so that whoever writes into the pipe need not wait for it.
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

  /** Puts the bytes of one read in. There must be room. */
  put(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#slot(FILLED) * SLOT_BYTES);
    this.#fill(bytes.length);
  }

  /** Says that no more bytes will come. There must be room. */
  end(): void {
    this.#fill(END);
  }

  /** Says that the pipe failed. There must be room. */
  fail(): void {
    this.#fill(FAULT);
  }

  /** @returns what to wait for until a slot is free; nothing where one is */
  room(): Promise<unknown> | undefined {
    const emptied = Atomics.load(this.#control, EMPTIED);
    const isFull = Atomics.load(this.#control, FILLED) - emptied >= SLOTS;
    return isFull ? this.#change(EMPTIED, emptied) : undefined;
  }

  /** @returns what to wait for until a slot is filled; nothing where one is */
  filled(): Promise<unknown> | undefined {
    const filled = Atomics.load(this.#control, FILLED);
    const isEmpty = filled === Atomics.load(this.#control, EMPTIED);
    return isEmpty ? this.#change(FILLED, filled) : undefined;
  }

  /**
   * The bytes of the next slot, which must be filled; nothing at the end of the pipe. They stay as
   * they are until {@link release}.
   * @throws Error when the pipe failed
   */
  peek(): Uint8Array | undefined {
    const slot = this.#slot(EMPTIED);
    const length = this.#control[LENGTHS + slot] ?? END;
    if (length === FAULT) throw new Error('the standard input failed');
    return length === END
      ? undefined
      : this.#bytes.subarray(slot * SLOT_BYTES, slot * SLOT_BYTES + length);
  }

  release(): void {
    const emptied = Atomics.add(this.#control, EMPTIED, 1) + 1;
    // Waking the other thread is dear, and it has enough to do only when several are free.
    if (emptied % SLOTS_A_WAKE === 0) Atomics.notify(this.#control, EMPTIED);
  }

  /** Wakes who waits, though nothing came. */
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
