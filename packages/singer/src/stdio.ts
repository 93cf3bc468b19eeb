import { write } from 'node:fs';
import { isatty } from 'node:tty';
import { OutputClosedError } from './errors.ts';
import { pipeBytes, stdinIsPipe } from './stdin.ts';

/** The one door to the standard streams. */

const STDOUT = 1;
const STDERR = 2;
/** Bytes that may wait for a slow reader before the writer is asked to wait as well. */
const QUEUE_BYTES = 4 * 1024 * 1024;
/** Milliseconds before a full pipe is tried again, where it was set not to block. */
const FULL_PIPE_WAIT = 1;

/**
 * The bytes of the standard input. Each piece is good until the next one is asked for.
 * @param stop closes the standard input, so that a program that was told to end can do so
 */
export function stdinBytes(stop?: AbortSignal): AsyncIterable<Uint8Array> {
  if (stdinIsPipe()) return pipeBytes(stop);
  stop?.addEventListener('abort', () => process.stdin.destroy(), { once: true });
  return process.stdin;
}

/** True when a person sits before the standard error, and the data goes elsewhere. */
export function stderrIsForPeople(): boolean {
  return isatty(STDERR) && !isatty(STDOUT) && process.env['TERM'] !== 'dumb';
}

/** Columns and lines of the terminal behind the standard error. */
export function stderrSize(): { readonly columns: number; readonly rows: number } {
  const { columns, rows } = process.stderr;
  return { columns: columns || 80, rows: rows || 24 };
}

export function writeStderr(text: string): void {
  process.stderr.write(frame(text));
}

/**
 * Puts what stands below all text around every text that is written from now on: in one write, so
 * that the line of another program on the same terminal cannot come in between.
 */
export function frameStderr(around: (text: string) => string): void {
  frame = around;
}

let frame = (text: string): string => text;

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

/**
 * The standard output. Node writes to a pipe synchronously, so a reader that is busy would stop
 * the writer, and two programs would take turns instead of working at once: here the text is
 * handed to the system from a queue, off the main thread.
 */
export function stdoutOutput(): Output {
  // Asked for, Node's own stream sets the pipe not to block. A write that blocks, with nobody who
  // reads, would hold the process at its very end: it waits for the thread that writes.
  process.stdout.on('error', () => undefined);
  return new QueuedOutput(STDOUT);
}

class QueuedOutput implements Output {
  readonly #descriptor: number;
  readonly #queue: Buffer[] = [];
  /** Bytes in the queue and in the write under way. */
  #pendingBytes = 0;
  #writing: Promise<void> | undefined;
  #fault: Error | undefined;
  #waiting: (() => void)[] = [];

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
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
      const written = await writeSome(this.#descriptor, rest);
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

function writeSome(descriptor: number, bytes: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    write(descriptor, bytes, (fault, written) => {
      if (!fault) resolve(written);
      else if (fault.code === 'EAGAIN') setTimeout(resolve, FULL_PIPE_WAIT, 0);
      else reject(fault.code === 'EPIPE' ? new OutputClosedError({ cause: fault }) : fault);
    });
  });
}
