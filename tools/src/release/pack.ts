import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseManifest, publishedManifest } from './manifest.ts';

/**
 * Runs in a package's folder before and after npm packs the package. In between, package.json has its
 * published content, and the folder contains copies of the repository's shared files.
 */
const TEXTS = ['LICENSE', 'CHANGELOG.md'];
const MANIFEST = 'package.json';
/** A copy of the original package.json. It is not in `files`, and Git ignores it. */
const KEPT = 'package.json.kept';
const root = join(import.meta.dirname, '..', '..', '..');

const [moment] = process.argv.slice(2);
if (moment === 'before') before();
else if (moment === 'after') after();
else throw new Error('Pass either before or after.');

function before(): void {
  // A copy that already exists was left by a killed run and contains the original.
  if (!existsSync(KEPT)) copyFileSync(MANIFEST, KEPT);
  const manifest = publishedManifest(parseManifest(readFileSync(KEPT, 'utf8')));
  writeFileSync(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
  for (const text of TEXTS) copyFileSync(join(root, text), text);
}

function after(): void {
  renameSync(KEPT, MANIFEST);
  for (const text of TEXTS) rmSync(text);
}
