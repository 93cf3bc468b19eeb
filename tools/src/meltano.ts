import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A Meltano project in a folder of its own. */
export class MeltanoProject {
  readonly folder = join(mkdtempSync(join(tmpdir(), 'meltano-')), 'project');
  readonly #bin: string;
  readonly #environment: NodeJS.ProcessEnv;

  /**
   * @param bin the folder of Meltano's programs
   * @param environment what it runs with beside what every run has; `PATH` among it
   */
  constructor(bin: string, environment: NodeJS.ProcessEnv) {
    this.#bin = bin;
    this.#environment = {
      ...process.env,
      MELTANO_SEND_ANONYMOUS_USAGE_STATS: 'false',
      NO_COLOR: '1',
      ...environment,
    };
  }

  async init(): Promise<void> {
    await run(join(this.#bin, 'meltano'), ['init', this.folder], { env: this.#environment });
  }

  /** Begins as a copy of a project that is kept in a folder. */
  copy(folder: string): void {
    cpSync(folder, this.folder, { recursive: true });
  }

  /** @returns everything it wrote */
  async meltano(...args: string[]): Promise<string> {
    const { stdout, stderr } = await run(join(this.#bin, 'meltano'), args, {
      cwd: this.folder,
      env: this.#environment,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout + stderr;
  }

  get database(): string {
    return join(this.folder, 'exact.sqlite');
  }
}
