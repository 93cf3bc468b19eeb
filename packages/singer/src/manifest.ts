import { readFileSync } from 'node:fs';

/**
 * The version in the package.json of the calling file's package.
 * @param moduleUrl `import.meta.url` of a file in `src` or `dist`
 */
export function packageVersion(moduleUrl: string): string {
  const text = readFileSync(new URL('../package.json', moduleUrl), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
