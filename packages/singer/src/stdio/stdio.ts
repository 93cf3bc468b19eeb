import { fstatSync, write } from 'node:fs';
import { Socket } from 'node:net';
import { isatty } from 'node:tty';
import { OutputClosedError, OutputFailedError } from '../errors.ts';
import { QueuedOutput, type Output, type Write } from './output.ts';
import { pipeBytes } from './pipe-reader.ts';

// Only the files in this folder use the standard streams.

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
/** Milliseconds to wait before retrying a write to a busy non-blocking terminal or file. */
const BUSY_WAIT = 1;

/**
 * Reads stdin. Each chunk is valid until the next chunk is requested.
 * @param stop closes stdin, which would otherwise keep the program alive
 */
export function stdinBytes(stop?: AbortSignal): AsyncIterable<Uint8Array> {
  if (isPipe(STDIN)) return pipeBytes(stop);
  stop?.addEventListener('abort', () => process.stdin.destroy(), { once: true });
  return process.stdin;
}

/** True if stderr is a terminal that can redraw lines, and stdout is not a terminal. */
export function stderrIsForPeople(): boolean {
  return isatty(STDERR) && !isatty(STDOUT) && process.env['TERM'] !== 'dumb';
}

/** Returns the size of the terminal on stderr, in characters. */
export function stderrSize(): { readonly columns: number; readonly rows: number } {
  const { columns, rows } = process.stderr;
  return { columns: columns || 80, rows: rows || 24 };
}

/**
 * Writes to stderr. Text that cannot be written is lost, e.g. because the disk of a log file is full
 * or because the reader of the pipe has ended: a run is worth more than its log.
 */
export function writeStderr(text: string): void {
  // Without a listener, Node would end the program.
  if (process.stderr.listenerCount('error') === 0) process.stderr.on('error', () => undefined);
  process.stderr.write(frame(text));
}

/**
 * Sets a function that wraps all text written to stderr from now on. The wrapped text is written in
 * one call, so that the output of another program on the same terminal cannot split it.
 */
export function frameStderr(wrap: (text: string) => string): void {
  frame = wrap;
}

let frame = (text: string): string => text;

/**
 * Opens stdout with a queue. Unlike Node's `process.stdout`, the queue does not block this program
 * when the reader is busy, so the programs at both ends of the pipe work at the same time.
 */
export function stdoutOutput(): Output {
  return new QueuedOutput(isPipe(STDOUT) ? pipeWriter(STDOUT) : fileWriter(STDOUT));
}

/** Writes through a socket, so that waiting for the reader does not block a thread. */
function pipeWriter(descriptor: number): Write {
  const pipe = new Socket({ fd: descriptor, readable: false, writable: true });
  // Errors are reported through the callback of each write.
  pipe.on('error', () => undefined);
  return (bytes) =>
    new Promise((resolve, reject) => {
      pipe.write(bytes, (error) => {
        if (error) reject(outputError(error));
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
        else reject(outputError(error));
      });
    });
}

function outputError(cause: NodeJS.ErrnoException): OutputClosedError | OutputFailedError {
  const isClosed = cause.code === 'EPIPE' || cause.code === 'ECONNRESET';
  return isClosed ? new OutputClosedError({ cause }) : new OutputFailedError({ cause });
}

/** True for a pipe or a socket. */
function isPipe(descriptor: number): boolean {
  const stat = fstatSync(descriptor);
  return stat.isFIFO() || stat.isSocket();
}
