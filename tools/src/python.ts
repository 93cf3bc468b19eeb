import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

/** The folder of a virtual environment's programs, or why there is none. */
export type PythonTools = { readonly bin: string } | { readonly missing: string };

/**
 * Makes, once, a virtual environment under `.venv/` with the pinned requirements of
 * `tools/requirements/<name>.txt`, and, as they are, those of `<name>.no-deps.txt`: what asks for
 * half a cloud that is not needed here.
 */
export async function pythonTools(name: string): Promise<PythonTools> {
  const requirements = ['', '.no-deps']
    .map((kind) => join(root, 'tools', 'requirements', `${name}${kind}.txt`))
    .filter((path) => existsSync(path));
  const folder = join(root, '.venv', name);
  const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  const stamp = join(folder, 'requirements.sha256');
  const texts = requirements.map((path) => readFileSync(path, 'utf8'));
  const wanted = createHash('sha256').update(texts.join('')).digest('hex');
  const isReady = (): boolean => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (isReady()) return { bin };
  const python = await findPython();
  if (python === undefined) return { missing: 'there is no Python 3.10 or newer' };
  const release = await lock(`${folder}.lock`);
  try {
    if (!isReady()) await install(python, folder, bin, requirements);
    writeFileSync(stamp, wanted);
    return { bin };
  } catch {
    return { missing: 'the Python packages could not be installed' };
  } finally {
    release();
  }
}

/** Milliseconds after which a lock is taken to have been left by a run that was killed. */
const LOCK_AGE = 10 * 60_000;

/** Test files run side by side, and more than one wants the same environment. */
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

async function install(
  python: string,
  folder: string,
  bin: string,
  requirements: readonly string[],
): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await run(python, ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  for (const file of requirements) {
    const alone = file.endsWith('.no-deps.txt') ? ['--no-deps'] : [];
    await run(join(bin, 'python'), [...pip, ...alone, '--requirement', file]);
  }
}

/** The command of a Python 3.10 or newer that can make virtual environments. */
export async function findPython(): Promise<string | undefined> {
  const check = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
  for (const command of ['python3', 'python']) {
    const works = await run(command, ['-c', check]).then(
      () => true,
      () => false,
    );
    if (works) return command;
  }
  return undefined;
}
