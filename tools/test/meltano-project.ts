import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, outputOf, start, type Child, type Ended } from '@exact-spotter/testing';

/** A Meltano project in a temporary folder. */
export class MeltanoProject {
  readonly folder: string;
  readonly #bin: string;
  readonly #environment: NodeJS.ProcessEnv;

  /**
   * @param bin the folder of Meltano's programs
   * @param environment variables to add, including `PATH`
   * @param folder the project's folder (default: a new folder)
   */
  constructor(bin: string, environment: NodeJS.ProcessEnv, folder?: string) {
    this.folder = folder ?? join(mkdtempSync(join(tmpdir(), 'meltano-')), 'project');
    this.#bin = bin;
    this.#environment = {
      ...process.env,
      MELTANO_SEND_ANONYMOUS_USAGE_STATS: 'false',
      NO_COLOR: '1',
      ...environment,
    };
  }

  async init(): Promise<void> {
    await outputOf(join(this.#bin, 'meltano'), ['init', this.folder], { env: this.#environment });
  }

  /** Copies a project into its folder. */
  copy(folder: string): void {
    cpSync(folder, this.folder, { recursive: true });
  }

  /** Returns the same project with more environment variables. */
  with(environment: NodeJS.ProcessEnv): MeltanoProject {
    return new MeltanoProject(this.#bin, { ...this.#environment, ...environment }, this.folder);
  }

  /** Runs a command. @returns everything it printed. @throws Error if it fails */
  async meltano(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await ended(this.start(...args));
    if (code === 0) return stdout + stderr;
    throw new Error(`meltano ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  }

  /** Runs a command that may fail. */
  async tried(...args: string[]): Promise<Ended> {
    return ended(this.start(...args));
  }

  /** Starts a command as the leader of a process group that includes its plugins. */
  start(...args: string[]): Child {
    const child = start(join(this.#bin, 'meltano'), args, {
      cwd: this.folder,
      env: this.#environment,
      detached: true,
    });
    child.stdin.end();
    return child;
  }

  get database(): string {
    return join(this.folder, 'exact.sqlite');
  }
}
