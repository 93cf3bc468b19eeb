import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program with its three streams as pipes. */
export type Start = (
  program: 'tap-exactsales' | 'target-sqlite',
  args: readonly string[],
) => ChildProcessWithoutNullStreams;

/** A folder with the settings of both programs, and the two over real pipes; from source unless told. */
export class Pair {
  readonly folder = mkdtempSync(join(tmpdir(), 'pair-'));
  readonly database = join(this.folder, 'exact.sqlite');

  readonly #start: Start;

  constructor(tap: object, target: object = {}, starts: Start = start) {
    this.#start = starts;
    this.write('tap.json', tap);
    this.write('target.json', { database: this.database, ...target });
  }

  write(name: string, value: unknown): string {
    const path = join(this.folder, name);
    writeFileSync(path, JSON.stringify(value));
    return path;
  }

  /** `tap | target`, with the state that the target's database holds. */
  async run(): Promise<{ readonly tap: Ended; readonly target: Ended }> {
    const { stdout: state } = await this.target('state');
    this.write('state.json', JSON.parse(state) as unknown);
    const tap = this.#start('tap-exactsales', [
      ...['--config', join(this.folder, 'tap.json')],
      ...['--state', join(this.folder, 'state.json')],
    ]);
    const target = this.#start('target-sqlite', ['--config', join(this.folder, 'target.json')]);
    tap.stdout.pipe(target.stdin);
    target.stdin.on('error', () => undefined);
    const [tapEnded, targetEnded] = await Promise.all([ended(tap), ended(target)]);
    return { tap: tapEnded, target: targetEnded };
  }

  async target(...args: string[]): Promise<Ended> {
    const config = join(this.folder, 'target.json');
    const child = this.#start('target-sqlite', [...args, '--config', config]);
    child.stdin.end();
    return ended(child);
  }
}

export function start(
  program: 'tap-exactsales' | 'target-sqlite',
  args: readonly string[],
): ChildProcessWithoutNullStreams {
  const bin = join(root, 'packages', program, 'bin', `${program}.js`);
  return spawn(process.execPath, ['--conditions=@exact-spotter/source', bin, ...args]);
}

/** Waits for the end of a child, and gathers what it wrote. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return {
    code,
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
  };
}
