import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseManifest } from '../release/manifest.ts';

const MODULES = '/node_modules/';
const LICENCE = /^(?:licen[cs]e|copying|notice)(?:[.-]|$)/i;

/**
 * The licences of the packages that went into a bundle, each text once, since most licences ask that
 * their text goes with every copy.
 * @param modules paths of the bundled files
 */
export function notices(modules: readonly string[]): string {
  const folders = new Set(modules.filter((path) => path.includes(MODULES)).map(packageFolder));
  return [...folders].sort().map(notice).join('\n');
}

function packageFolder(path: string): string {
  let folder = dirname(path);
  // A nested package.json without a name only says how files are to be read.
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
  return [`${name} ${version} (${license})`, '', ...texts, ''].join('\n');
}
