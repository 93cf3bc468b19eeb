import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

/** The folder of a virtual environment's programs, or the reason why the environment is missing. */
export type PythonTools = { readonly bin: string } | { readonly missing: string };

/**
 * Creates a virtual environment under `.venv/` with the pinned requirements in
 * `tools/requirements/<name>.txt`, unless the environment exists. The requirements in
 * `<name>.no-deps.txt` are installed without their dependencies, which the tests do not need.
 */
export async function pythonTools(name: string): Promise<PythonTools> {
  const requirements = ['', '.no-deps']
    .map((kind) => join(root, 'tools', 'requirements', `${name}${kind}.txt`))
    .filter((path) => existsSync(path));
  const folder = join(root, '.venv', name);
  const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  const stamp = join(folder, 'requirements.sha256');
  const contents = requirements.map((path) => readFileSync(path, 'utf8'));
  const wanted = createHash('sha256').update(contents.join('')).digest('hex');
  const isReady = (): boolean => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (isReady()) return { bin };
  const python = await findPython();
  if (python === undefined) return { missing: 'Python 3.10 or newer was not found' };
  const uv = name === 'uv' ? undefined : await findUv();
  const release = await lock(`${folder}.lock`);
  try {
    if (!isReady()) await install({ python, uv, folder, bin, requirements });
    writeFileSync(stamp, wanted);
    return { bin };
  } catch {
    return { missing: 'the Python packages could not be installed' };
  } finally {
    release();
  }
}

/** Returns the command for a Python 3.10 or newer that can create virtual environments. */
export async function findPython(): Promise<string | undefined> {
  const check = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
  for (const command of ['python3', 'python']) {
    const works = await execute(command, ['-c', check]).then(
      () => true,
      () => false,
    );
    if (works) return command;
  }
  return undefined;
}

async function findUv(): Promise<string | undefined> {
  const tools = await pythonTools('uv');
  return 'bin' in tools ? join(tools.bin, 'uv') : undefined;
}

interface Environment {
  readonly python: string;
  /** The path of uv, or undefined if it could not be installed. */
  readonly uv: string | undefined;
  readonly folder: string;
  readonly bin: string;
  readonly requirements: readonly string[];
}

/**
 * Installs the requirements with uv, which is ten times as fast as pip. Uses pip if uv is missing or
 * fails.
 */
async function install(environment: Environment): Promise<void> {
  const { python, uv, folder } = environment;
  mkdirSync(dirname(folder), { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  if (uv !== undefined) {
    try {
      await execute(uv, ['venv', '--quiet', '--python', python, folder]);
      // Without this, Python would compile everything at each start if PYTHONDONTWRITEBYTECODE is set.
      const options = ['--quiet', '--compile-bytecode'];
      await installRequirements(environment, [uv, 'pip', 'install', ...options]);
      return;
    } catch {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  await execute(python, ['-m', 'venv', folder]);
  await installRequirements(environment, [
    ...[join(environment.bin, 'python'), '-m', 'pip', 'install'],
    ...['--quiet', '--disable-pip-version-check'],
  ]);
}

async function installRequirements(
  { folder, requirements }: Environment,
  [command = '', ...args]: readonly string[],
): Promise<void> {
  const env = { ...process.env, VIRTUAL_ENV: folder };
  for (const file of requirements) {
    const alone = file.endsWith('.no-deps.txt') ? ['--no-deps'] : [];
    await execute(command, [...args, ...alone, '--requirement', file], { env });
  }
}

/** Milliseconds after which a lock is assumed to be left over from a killed process. */
const LOCK_AGE = 10 * 60_000;

/**
 * Waits for the lock, because several test files that run in parallel need the same environment.
 * @returns a function that releases the lock
 */
async function lock(folder: string): Promise<() => void> {
  mkdirSync(dirname(folder), { recursive: true });
  for (;;) {
    try {
      mkdirSync(folder);
      return () => rmSync(folder, { recursive: true, force: true });
    } catch {
      const held = statSync(folder, { throwIfNoEntry: false });
      if (held && Date.now() - held.mtimeMs > LOCK_AGE) rmSync(folder, { recursive: true });
      else await setTimeout(200);
    }
  }
}
