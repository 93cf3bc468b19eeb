import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { basename, join } from 'node:path';

const packages = join(import.meta.dirname, '..', '..', '..', 'packages');

/** A started program whose three standard streams are pipes. */
export type Child = ChildProcessWithoutNullStreams;

/** How a program ended, and everything that it printed. */
export interface Ended {
  /** The exit code; null if a signal ended the program. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  /** The complete environment (default: that of this process). */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** The user and group IDs that the program runs with (POSIX only, requires root). */
  readonly uid?: number;
  readonly gid?: number;
  /** True if the program leads a new process group, which can be killed as a whole. */
  readonly detached?: boolean;
}

/** Starts a program, which may close its stdin early without causing an error. */
export function start(
  command: string,
  args: readonly string[] = [],
  options: StartOptions = {},
): Child {
  const child = spawn(command, args, options);
  child.stdin.on('error', () => undefined);
  return child;
}

/** Starts the tap or the target from its source files, so no build is needed. */
export function startProgram(
  program: 'tap-exactsales' | 'target-sqlite',
  args: readonly string[] = [],
  options: StartOptions = {},
): Child {
  const bin = join(packages, program, 'bin', `${program}.js`);
  return start(process.execPath, ['--conditions=@exact-spotter/source', bin, ...args], options);
}

/**
 * Waits until a program has ended and both its stdout and its stderr are closed. Call this right
 * after starting the program: earlier output is not collected.
 * @param input the program's stdin, which is then closed (default: stdin is not touched)
 */
export async function ended(child: Child, input?: string | Uint8Array): Promise<Ended> {
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  if (input !== undefined) child.stdin.end(input);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return {
    code,
    signal,
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
  };
}

interface ExecuteOptions extends StartOptions {
  /** What to send to the program's stdin (default: nothing). */
  readonly input?: string | Uint8Array;
}

/** Starts a program, sends it the input and waits until it ends. */
export async function execute(
  command: string,
  args: readonly string[] = [],
  { input = '', ...options }: ExecuteOptions = {},
): Promise<Ended> {
  return ended(start(command, args, options), input);
}

/**
 * Runs a program that must succeed.
 * @returns what it printed to stdout
 * @throws Error if it fails; the message contains everything that it printed
 */
export async function outputOf(
  command: string,
  args: readonly string[] = [],
  options: ExecuteOptions = {},
): Promise<string> {
  const { code, signal, stdout, stderr } = await execute(command, args, options);
  if (code === 0) return stdout;
  throw new Error(`${basename(command)} ended with ${code ?? signal}: ${stdout}${stderr}`);
}
