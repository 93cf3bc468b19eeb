import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, startProgram, type Child, type Ended } from '@exact-spotter/testing';

/** Starts one of the two programs with its three standard streams as pipes. */
type Start = (program: 'tap-exactsales' | 'target-sqlite', args: readonly string[]) => Child;

/** The results of both programs. */
export interface PairEnded {
  readonly tap: Ended;
  readonly target: Ended;
}

/**
 * A folder with the settings of both programs, and methods that run the programs over real pipes.
 */
export class Pair {
  readonly folder = mkdtempSync(join(tmpdir(), 'pair-'));
  readonly database = join(this.folder, 'exact.sqlite');

  readonly #start: Start;

  /** @param start starts a program (default: from its source files) */
  constructor(tap: object, target: object = {}, start: Start = startProgram) {
    this.#start = start;
    this.write('tap.json', tap);
    this.write('target.json', { database: this.database, ...target });
  }

  /** Writes a JSON file into the folder. @returns its path */
  write(name: string, value: unknown): string {
    const path = join(this.folder, name);
    writeFileSync(path, JSON.stringify(value));
    return path;
  }

  /** Runs `tap | target` from the state in the target's database. */
  async run(): Promise<PairEnded> {
    const { tap, target } = await this.start();
    const [tapEnded, targetEnded] = await Promise.all([ended(tap), ended(target)]);
    return { tap: tapEnded, target: targetEnded };
  }

  /** Starts `tap | target` from the state in the target's database. */
  async start(): Promise<{ readonly tap: Child; readonly target: Child }> {
    const { stdout } = await this.target('state');
    const state = this.write('state.json', JSON.parse(stdout) as unknown);
    const tap = this.startTap('--state', state);
    const target = this.#start('target-sqlite', ['--config', join(this.folder, 'target.json')]);
    tap.stdout.pipe(target.stdin);
    tap.stdout.on('error', () => undefined);
    target.stdin.on('error', () => undefined);
    return { tap, target };
  }

  /** Starts the tap alone. */
  startTap(...args: string[]): Child {
    return this.#start('tap-exactsales', ['--config', join(this.folder, 'tap.json'), ...args]);
  }

  /** Runs the tap alone until it ends. */
  async tap(...args: string[]): Promise<Ended> {
    return ended(this.startTap(...args), '');
  }

  /** Runs the target with empty input, or runs one of its commands. */
  async target(...args: string[]): Promise<Ended> {
    return this.load('', ...args);
  }

  /** Runs the target with an input. */
  async load(input: string, ...args: string[]): Promise<Ended> {
    const config = join(this.folder, 'target.json');
    return ended(this.#start('target-sqlite', [...args, '--config', config]), input);
  }
}
