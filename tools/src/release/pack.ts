import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseManifest, publishedManifest } from './manifest.ts';

/**
 * Runs before and after npm packs a package, in its folder: for that moment the package.json is the
 * one that travels, and the texts of the whole repository lie beside it.
 */
const TEXTS = ['LICENSE', 'CHANGELOG.md'];
const MANIFEST = 'package.json';
/** Not among the `files` of a package, and ignored by git. */
const KEPT = 'package.json.kept';
const root = join(import.meta.dirname, '..', '..', '..');

const [moment] = process.argv.slice(2);
if (moment === 'before') before();
else if (moment === 'after') after();
else throw new Error('Say before or after.');

function before(): void {
  // One that is there already was left by a pack that was killed, and is the true one.
  if (!existsSync(KEPT)) copyFileSync(MANIFEST, KEPT);
  const manifest = publishedManifest(parseManifest(readFileSync(KEPT, 'utf8')));
  writeFileSync(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
  for (const text of TEXTS) copyFileSync(join(root, text), text);
}

function after(): void {
  renameSync(KEPT, MANIFEST);
  for (const text of TEXTS) rmSync(text);
}
