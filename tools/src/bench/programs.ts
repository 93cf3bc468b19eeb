import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The programs as they are installed: built, and started by the bin files. */
const root = join(import.meta.dirname, '..', '..', '..');

export type ProgramName = 'tap-exactsales' | 'target-sqlite';

export function binOf(program: ProgramName): string {
  return join(root, 'packages', program, 'bin', `${program}.js`);
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'bench-'));
}

export function writeJson(folder: string, name: string, value: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(value));
  return path;
}

export interface Usage {
  readonly milliseconds: number;
  /** The most memory that the process ever had, in MiB. */
  readonly peak: number;
}

export interface Pipes {
  /** A file to read from. */
  readonly input?: string;
  /** A file to write to; what is written is thrown away without it. */
  readonly output?: string;
}

/** Runs a script to its end. @returns milliseconds. @throws Error when it fails */
export async function run(args: readonly string[], pipes: Pipes = {}): Promise<number> {
  const begin = performance.now();
  await ended(start(args, { ...pipes, output: pipes.output ?? '/dev/null' }));
  return performance.now() - begin;
}

/** The same, of a script that tells its peak of memory in the end, which takes time of its own. */
export async function runForPeak(args: readonly string[]): Promise<Usage> {
  const begin = performance.now();
  const told = await ended(start(['--import', TELL_PEAK, ...args], { output: '/dev/null' }));
  const peak = Math.max(...told.trim().split('\n').map(Number)) / 1024;
  return { milliseconds: performance.now() - begin, peak };
}

/** `one | other`, as a shell joins them. @returns milliseconds until both have ended */
export async function runPipe(one: readonly string[], other: readonly string[]): Promise<number> {
  const begin = performance.now();
  const command = [one, other].map((args) => [process.execPath, ...args].map(quoted).join(' '));
  const stdio: StdioOptions = ['ignore', 'ignore', 'pipe'];
  await ended(spawn('bash', ['-o', 'pipefail', '-c', command.join(' | ')], { stdio }));
  return performance.now() - begin;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A process tells its peak on a pipe of its own when it ends, and so do its threads. */
const TELL_PEAK = `data:text/javascript,${encodeURIComponent(
  `import { writeSync } from 'node:fs';
   process.on('exit', () => writeSync(3, process.resourceUsage().maxRSS + '\\n'));`,
)}`;

function start(args: readonly string[], { input, output }: Pipes): ChildProcess {
  const files = [
    input === undefined ? undefined : openSync(input, 'r'),
    output === undefined ? undefined : openSync(output, 'w'),
  ];
  const stdio: StdioOptions = [files[0] ?? 'ignore', files[1] ?? 'pipe', 'pipe', 'pipe'];
  const child = spawn(process.execPath, args, { stdio });
  for (const file of files) if (file !== undefined) closeSync(file);
  return child;
}

/** @returns what it told on the pipe that is for that */
async function ended(child: ChildProcess): Promise<string> {
  let [said, told] = ['', ''];
  child.stderr?.on('data', (chunk: Buffer) => (said += String(chunk)));
  child.stdio[3]?.on('data', (chunk: Buffer) => (told += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`A program ended with ${String(code)}:\n${said}`);
  return told;
}
