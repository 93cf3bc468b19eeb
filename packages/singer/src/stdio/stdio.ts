import { fstatSync, write } from 'node:fs';
import { Socket } from 'node:net';
import { isatty } from 'node:tty';
import { OutputClosedError } from '../errors.ts';
import { QueuedOutput, type Output, type Write } from './output.ts';
import { pipeBytes } from './pipe-reader.ts';

// Only the files of this folder touch the standard streams.

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
/** Milliseconds before writing again to a terminal or file that is non-blocking and busy. */
const BUSY_WAIT = 1;

/**
 * Reads stdin. Each chunk is valid until the next one is requested.
 * @param stop closes stdin, so that a program that should end is not kept alive by it
 */
export function stdinBytes(stop?: AbortSignal): AsyncIterable<Uint8Array> {
  if (isPipe(STDIN)) return pipeBytes(stop);
  stop?.addEventListener('abort', () => process.stdin.destroy(), { once: true });
  return process.stdin;
}

/** True if stderr is a terminal and stdout is not. */
export function stderrIsForPeople(): boolean {
  return isatty(STDERR) && !isatty(STDOUT) && process.env['TERM'] !== 'dumb';
}

/** The size of the terminal that stderr is, in characters. */
export function stderrSize(): { readonly columns: number; readonly rows: number } {
  const { columns, rows } = process.stderr;
  return { columns: columns || 80, rows: rows || 24 };
}

export function writeStderr(text: string): void {
  process.stderr.write(frame(text));
}

/**
 * Sets a function that wraps every text written to stderr from now on. Text and wrapping are one
 * write, so that the output of another program on the same terminal cannot come between them.
 */
export function frameStderr(wrap: (text: string) => string): void {
  frame = wrap;
}

let frame = (text: string): string => text;

/**
 * Opens stdout with a queue. Unlike with Node's `process.stdout`, a busy reader does not block this
 * program, so both programs of a pipe work at the same time.
 */
export function stdoutOutput(): Output {
  return new QueuedOutput(isPipe(STDOUT) ? pipeWriter(STDOUT) : fileWriter(STDOUT));
}

/** Writes through a socket, which waits without blocking a thread while nobody reads. */
function pipeWriter(descriptor: number): Write {
  const pipe = new Socket({ fd: descriptor, readable: false, writable: true });
  // Each write reports its own error.
  pipe.on('error', () => undefined);
  return (bytes) =>
    new Promise((resolve, reject) => {
      pipe.write(bytes, (error) => {
        if (error) reject(closedOr(error));
        else resolve(bytes.length);
      });
    });
}

function fileWriter(descriptor: number): Write {
  return (bytes) =>
    new Promise((resolve, reject) => {
      write(descriptor, bytes, (error, written) => {
        if (!error) resolve(written);
        else if (error.code === 'EAGAIN') setTimeout(resolve, BUSY_WAIT, 0);
        else reject(closedOr(error));
      });
    });
}

function closedOr(error: NodeJS.ErrnoException): Error {
  const isClosed = error.code === 'EPIPE' || error.code === 'ECONNRESET';
  return isClosed ? new OutputClosedError({ cause: error }) : error;
}

/** True for a pipe or a socket. */
function isPipe(descriptor: number): boolean {
  const stat = fstatSync(descriptor);
  return stat.isFIFO() || stat.isSocket();
}
