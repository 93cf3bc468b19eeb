import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { errorCode, SettingsError } from './errors.ts';
import { isObject } from './json.ts';
import type { JsonRecord } from './messages.ts';

/**
 * Reads a JSON file, with or without a byte order mark.
 * @param what what the file should contain, for the message
 * @throws SettingsError naming the file, without quoting it, if it cannot be read or parsed
 */
export async function readJsonFile(path: string, what: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SettingsError(
      [
        `The ${what} file ${path} cannot be read (${errorCode(cause)}): check its name and permissions.`,
      ],
      { cause },
    );
  });
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch {
    // No cause: the parser's message quotes the text, which may contain a secret.
    throw new SettingsError([`The ${what} file ${path} ${notJson(text)}.`]);
  }
}

function notJson(text: string): string {
  return text.trim() === ''
    ? 'is empty: check the program that should have written it'
    : 'is not valid JSON: it must contain one JSON value and nothing after it';
}

/**
 * Reads the file given with `--state`. An empty object starts from the beginning.
 * @throws SettingsError naming the file, if it cannot be read or does not contain a JSON object
 */
export async function readState(path: string): Promise<JsonRecord> {
  const value = await readJsonFile(path, 'state');
  if (isObject(value)) return value as JsonRecord;
  throw new SettingsError([
    `The state file ${path} must contain a JSON object, the value of a STATE message; {} starts from the beginning.`,
  ]);
}

/**
 * Reads the version from the package.json of the calling package.
 * @param moduleUrl `import.meta.url` of a file in `src` or `dist`
 */
export function packageVersion(moduleUrl: string): string {
  const text = readFileSync(new URL('../package.json', moduleUrl), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
