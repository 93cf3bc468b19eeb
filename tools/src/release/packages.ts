import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { parseManifest } from './manifest.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..', '..');

/** The folders under `packages/`: all that is published. */
export const PACKAGES = [
  'singer',
  'stream-maps',
  'schema',
  'tap-exactsales',
  'target-sqlite',
] as const;

/**
 * Packs every package, as npm publishes it, from a copy of the repository under `folder`: packing
 * changes a package.json for a moment, and others may be reading the true one.
 * @returns the paths of the tarballs, in the order of {@link PACKAGES}
 */
export async function packCopies(folder: string): Promise<string[]> {
  const copy = join(folder, 'copy');
  for (const part of ['LICENSE', 'CHANGELOG.md', join('tools', 'src', 'release')]) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  for (const name of PACKAGES) {
    cpSync(join(root, 'packages', name), join(copy, 'packages', name), {
      recursive: true,
      filter: (path) => basename(path) !== 'node_modules',
    });
  }
  const tarballs = join(folder, 'tarballs');
  mkdirSync(tarballs);
  const homes = PACKAGES.map((name) => `./packages/${name}`);
  await run('npm', ['pack', ...homes, '--pack-destination', tarballs], { cwd: copy });
  return PACKAGES.map((name) => join(tarballs, tarballName(name)));
}

function tarballName(name: string): string {
  const text = readFileSync(join(root, 'packages', name, 'package.json'), 'utf8');
  return `exact-spotter-${name}-${parseManifest(text).version}.tgz`;
}
