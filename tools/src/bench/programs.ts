import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePipe } from './pipe.ts';

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
  /** A file to read from, or the end of a pipe. */
  readonly input?: string | number;
  /** A file to write to, or the end of a pipe; what is written is thrown away without it. */
  readonly output?: string | number;
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

/** `one | other`, over a pipe that only the two hold. @returns milliseconds until both have ended */
export async function runPipe(one: readonly string[], other: readonly string[]): Promise<number> {
  const begin = performance.now();
  const pipe = makePipe();
  const writer = start(one, { output: pipe.writeEnd });
  const reader = start(other, { input: pipe.readEnd, output: '/dev/null' });
  pipe.close();
  await Promise.all([ended(writer), ended(reader)]);
  return performance.now() - begin;
}

/** A process tells its peak on a pipe of its own when it ends, and so do its threads. */
const TELL_PEAK = `data:text/javascript,${encodeURIComponent(
  `import { writeSync } from 'node:fs';
   process.on('exit', () => writeSync(3, process.resourceUsage().maxRSS + '\\n'));`,
)}`;

function start(args: readonly string[], { input, output }: Pipes): ChildProcess {
  const files = [
    typeof input === 'string' ? openSync(input, 'r') : undefined,
    typeof output === 'string' ? openSync(output, 'w') : undefined,
  ];
  const source = typeof input === 'number' ? input : (files[0] ?? 'ignore');
  const drain = typeof output === 'number' ? output : (files[1] ?? 'pipe');
  const stdio: StdioOptions = [source, drain, 'pipe', 'pipe'];
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
