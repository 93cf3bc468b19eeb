import { execFileSync, spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

/**
 * Returns the command line that starts the built version of one of our programs by its bin file.
 */
export function command(
  program: 'tap-exactsales' | 'target-sqlite',
  ...args: readonly string[]
): Command {
  return [process.execPath, join(root, 'packages', program, 'bin', `${program}.js`), ...args];
}

/** Writes the target's settings into the folder and returns the built target's command line. */
export function targetCommand(folder: string): Command {
  const config = writeJson(folder, 'target.json', { database: join(folder, 'data.sqlite') });
  return command('target-sqlite', '--config', config);
}

/** Removes a target's database from a folder, so that the next load starts with a new database. */
export function removeDatabase(folder: string): void {
  for (const tail of ['', '-wal', '-shm'])
    rmSync(join(folder, `data.sqlite${tail}`), { force: true });
}

export interface Pipes {
  /** A file to read from (default: no input). */
  readonly input?: string;
  /** A file to write to (default: output is discarded). */
  readonly output?: string;
}

/**
 * Runs a program until it ends.
 * @returns its duration in milliseconds
 * @throws Error if it fails
 */
export async function run(
  one: Command,
  { input, output = '/dev/null' }: Pipes = {},
): Promise<number> {
  const begin = performance.now();
  await ended(start(one, input ?? 'ignore', output));
  return performance.now() - begin;
}

/** Runs `one | other`. @returns the milliseconds until both have ended */
export async function runPipe(one: Command, other: Command): Promise<number> {
  const begin = performance.now();
  const pipe = createPipe();
  const writer = start(one, 'ignore', pipe.writeEnd);
  const reader = start(other, pipe.readEnd, '/dev/null');
  pipe.close();
  await Promise.all([ended(writer), ended(reader)]);
  return performance.now() - begin;
}

export interface Usage {
  readonly milliseconds: number;
  /** The peak memory of the process in MiB. */
  readonly peak: number;
}

/** Runs a Node script. If a second program is given, the script reads that program's output. */
export async function runForPeak(
  [node, ...args]: Command,
  source: Command = ['true'],
): Promise<Usage> {
  const begin = performance.now();
  const pipe = createPipe();
  const writer = start(source, 'ignore', pipe.writeEnd);
  const reader = start([node, '--import', REPORT_PEAK, ...args], pipe.readEnd, '/dev/null');
  pipe.close();
  const [reported] = await Promise.all([ended(reader), ended(writer)]);
  const peak = Math.max(...reported.trim().split('\n').map(Number)) / 1024;
  return { milliseconds: performance.now() - begin, peak };
}

/** Makes a process and each of its threads report peak memory on an extra pipe when they end. */
const REPORT_PEAK = `data:text/javascript,${encodeURIComponent(
  `import { writeSync } from 'node:fs';
   process.on('exit', () => writeSync(3, process.resourceUsage().maxRSS + '\\n'));`,
)}`;

/**
 * @param input a file, the end of a pipe, or `ignore`
 * @param output a file or the end of a pipe
 */
function start(
  [program, ...args]: Command,
  input: string | number,
  output: string | number,
): ChildProcess {
  const opened: number[] = [];
  const descriptor = (file: string | number, flags: string): number => {
    if (typeof file === 'number') return file;
    opened.push(openSync(file, flags));
    return opened.at(-1) ?? -1;
  };
  const stdio: StdioOptions = [
    input === 'ignore' ? 'ignore' : descriptor(input, 'r'),
    descriptor(output, 'w'),
    'pipe',
    'pipe',
  ];
  const child = spawn(program, args, { stdio });
  for (const file of opened) closeSync(file);
  return child;
}

/** Waits for a program to end. @returns what the program wrote to the extra pipe */
async function ended(child: ChildProcess): Promise<string> {
  let [stderr, reported] = ['', ''];
  child.stderr?.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  child.stdio[3]?.on('data', (chunk: Buffer) => (reported += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`A program ended with ${String(code)}:\n${stderr}`);
  return reported;
}

interface Pipe {
  readonly readEnd: number;
  readonly writeEnd: number;
  /**
   * Closes this process's ends of the pipe. Call it once both children have their ends: until this
   * process closes its own, the reader sees no end of input.
   */
  close(): void;
}

/**
 * Creates a pipe as a shell does, because Node connects children by sockets, which are slower and
 * buffer more.
 */
function createPipe(): Pipe {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-'));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  // Without O_NONBLOCK, opening one end of a pipe would block until the other end is open.
  const first = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(path, constants.O_WRONLY);
  const readEnd = openSync(path, constants.O_RDONLY);
  closeSync(first);
  rmSync(folder, { recursive: true });
  return {
    readEnd,
    writeEnd,
    close: () => {
      closeSync(readEnd);
      closeSync(writeEnd);
    },
  };
}

/** Calls `work` with a new folder and deletes the folder afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a JSON file. @returns its path */
export function writeJson(folder: string, name: string, value: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(value));
  return path;
}
