/** The number of bytes that may be queued before `write` waits. */
const QUEUE_BYTES = 4 * 1024 * 1024;

/** Writes text in order, through a bounded queue. */
export interface Output {
  /**
   * Resolves as soon as the queue is smaller than 4 MiB, which may be at once.
   * @throws OutputClosedError if the reader has closed the output; OutputFailedError if the output
   * cannot be written
   */
  write(text: string): Promise<void>;
  /** Resolves when everything has been passed to the operating system. */
  flush(): Promise<void>;
  /** For how many milliseconds the queue was full, so that writers waited for the reader. */
  readonly waited: number;
}

/** Passes bytes to the operating system. @returns how many bytes it accepted */
export type Write = (bytes: Uint8Array) => Promise<number>;

/** An output whose write function may accept only some of the bytes at a time. */
export class QueuedOutput implements Output {
  readonly #write: Write;
  readonly #queue: Buffer[] = [];
  /** The number of bytes in the queue and in the current write. */
  #pendingBytes = 0;
  #writing: Promise<void> | undefined;
  #error: Error | undefined;
  #waiting: (() => void)[] = [];
  #waitingSince = 0;
  #waited = 0;

  constructor(writeSome: Write) {
    this.#write = writeSome;
  }

  async write(text: string): Promise<void> {
    if (this.#error) throw this.#error;
    const bytes = Buffer.from(text);
    this.#queue.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#writing ??= this.#drain();
    if (this.#pendingBytes >= QUEUE_BYTES) await this.#waitForSpace();
  }

  get waited(): number {
    return this.#waited;
  }

  async flush(): Promise<void> {
    await this.#writing;
    if (this.#error) throw this.#error;
  }

  async #waitForSpace(): Promise<void> {
    if (this.#waiting.length === 0) this.#waitingSince = performance.now();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#error) throw this.#error;
  }

  async #drain(): Promise<void> {
    try {
      for (let bytes = this.#queue.shift(); bytes; bytes = this.#queue.shift()) {
        await this.#writeAll(bytes);
      }
    } catch (error) {
      this.#error = error as Error;
    } finally {
      this.#writing = undefined;
      this.#wake();
    }
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      const written = await this.#write(rest);
      rest = rest.subarray(written);
      this.#pendingBytes -= written;
      if (this.#pendingBytes < QUEUE_BYTES) this.#wake();
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    if (waiting.length > 0) this.#waited += performance.now() - this.#waitingSince;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}
