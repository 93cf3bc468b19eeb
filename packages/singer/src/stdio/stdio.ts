import { fstatSync, write } from 'node:fs';
import { Socket } from 'node:net';
import { isatty } from 'node:tty';
import { OutputClosedError } from '../errors.ts';
import { QueuedOutput, type Output, type Write } from './output.ts';
import { pipeBytes } from './pipe-reader.ts';

/** The one door to the standard streams. */

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
/** Milliseconds before a terminal that was set not to block is tried again. */
const BUSY_WAIT = 1;

/**
 * The bytes of the standard input. Each piece is good until the next one is asked for.
 * @param stop closes the standard input, so that a program that was told to end can do so
 */
export function stdinBytes(stop?: AbortSignal): AsyncIterable<Uint8Array> {
  if (isPipe(STDIN)) return pipeBytes(stop);
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

/**
 * The standard output, from a queue: a reader that is busy does not stop the writer, as Node's own
 * `process.stdout` may, and two programs work at once instead of taking turns.
 */
export function stdoutOutput(): Output {
  return new QueuedOutput(isPipe(STDOUT) ? pipeWriter(STDOUT) : fileWriter(STDOUT));
}

/** Woken by the system when the pipe has room; no thread hangs in it when nobody reads. */
function pipeWriter(descriptor: number): Write {
  const pipe = new Socket({ fd: descriptor, readable: false, writable: true });
  // Every write hears of its own fault.
  pipe.on('error', () => undefined);
  return (bytes) =>
    new Promise((resolve, reject) => {
      pipe.write(bytes, (fault) => {
        if (fault) reject(closedOr(fault));
        else resolve(bytes.length);
      });
    });
}

function fileWriter(descriptor: number): Write {
  return (bytes) =>
    new Promise((resolve, reject) => {
      write(descriptor, bytes, (fault, written) => {
        if (!fault) resolve(written);
        else if (fault.code === 'EAGAIN') setTimeout(resolve, BUSY_WAIT, 0);
        else reject(closedOr(fault));
      });
    });
}

function closedOr(fault: NodeJS.ErrnoException): Error {
  const isClosed = fault.code === 'EPIPE' || fault.code === 'ECONNRESET';
  return isClosed ? new OutputClosedError({ cause: fault }) : fault;
}

/** True for a pipe, which has somebody at its other end. */
function isPipe(descriptor: number): boolean {
  const stat = fstatSync(descriptor);
  return stat.isFIFO() || stat.isSocket();
}
