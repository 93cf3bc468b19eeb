import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseManifest } from '../release/manifest.ts';

const MODULES = '/node_modules/';
const LICENCE = /^(?:licen[cs]e|copying|notice)(?:[.-]|$)/i;

/**
 * Returns the licence texts of all bundled packages, because most licences require a copy.
 * A package that is bundled twice is listed once.
 * @param modules paths of the bundled files
 * @throws Error if a package contains no licence text
 */
export function notices(modules: readonly string[]): string {
  const folders = new Set(modules.filter((path) => path.includes(MODULES)).map(packageFolder));
  return [...new Set([...folders].map(notice))].sort().join('\n');
}

function packageFolder(path: string): string {
  let folder = dirname(path);
  // A nested package.json without a version only sets the module type.
  while (!isPackage(folder)) folder = dirname(folder);
  return folder;
}

function isPackage(folder: string): boolean {
  const file = join(folder, 'package.json');
  return existsSync(file) && 'version' in parseManifest(readFileSync(file, 'utf8'));
}

function notice(folder: string): string {
  const { name, version, license } = parseManifest(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const texts = readdirSync(folder)
    .filter((file) => LICENCE.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  if (texts.length === 0) {
    throw new Error(`${name} ${version} contains no licence text, so it cannot be bundled.`);
  }
  return [`${name} ${version} (${license})`, '', ...texts, ''].join('\n');
}
