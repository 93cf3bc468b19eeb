import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

/** The folder of a virtual environment's programs, or why there is none. */
export type PythonTools = { readonly bin: string } | { readonly missing: string };

/**
 * Makes, once, a virtual environment under `.venv/` with the pinned requirements of
 * `tools/requirements/<name>.txt`.
 */
export async function pythonTools(name: string): Promise<PythonTools> {
  const requirements = join(root, 'tools', 'requirements', `${name}.txt`);
  const folder = join(root, '.venv', name);
  const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  const stamp = join(folder, 'requirements.sha256');
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return { bin };
  const python = await findPython();
  if (python === undefined) return { missing: 'there is no Python 3.10 or newer' };
  try {
    await install(python, folder, bin, requirements);
  } catch {
    return { missing: 'the Python packages could not be installed' };
  }
  writeFileSync(stamp, wanted);
  return { bin };
}

async function install(
  python: string,
  folder: string,
  bin: string,
  requirements: string,
): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await run(python, ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  await run(join(bin, 'python'), [...pip, '--requirement', requirements]);
}

async function findPython(): Promise<string | undefined> {
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
