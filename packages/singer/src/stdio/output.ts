/** Bytes that may wait for a slow reader before the writer is asked to wait as well. */
const QUEUE_BYTES = 4 * 1024 * 1024;

/** Text that leaves in order, behind a bounded queue. */
export interface Output {
  /**
   * Resolves at once while less than 4 MiB wait, otherwise when there is room again.
   * @throws OutputClosedError when the reader has gone
   */
  write(text: string): Promise<void>;
  /** Resolves when everything written has reached the pipe. */
  flush(): Promise<void>;
}

/** Hands bytes to the system. @returns how many it took */
export type Write = (bytes: Uint8Array) => Promise<number>;

/** Writes one text after the other. */
export class QueuedOutput implements Output {
  readonly #write: Write;
  readonly #queue: Buffer[] = [];
  /** Bytes in the queue and in the write under way. */
  #pendingBytes = 0;
  #writing: Promise<void> | undefined;
  #fault: Error | undefined;
  #waiting: (() => void)[] = [];

  constructor(writeSome: Write) {
    this.#write = writeSome;
  }

  async write(text: string): Promise<void> {
    if (this.#fault) throw this.#fault;
    const bytes = Buffer.from(text);
    this.#queue.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#writing ??= this.#drain();
    if (this.#pendingBytes >= QUEUE_BYTES) await this.#room();
  }

  async flush(): Promise<void> {
    await this.#writing;
    if (this.#fault) throw this.#fault;
  }

  async #room(): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#fault) throw this.#fault;
  }

  async #drain(): Promise<void> {
    try {
      for (let bytes = this.#queue.shift(); bytes; bytes = this.#queue.shift()) {
        await this.#writeAll(bytes);
      }
    } catch (error) {
      this.#fault = error as Error;
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
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}
