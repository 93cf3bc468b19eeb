import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { errorCode, SettingsError } from './errors.ts';
import { isObject } from './messages/json.ts';
import type { JsonRecord } from './messages/messages.ts';

/**
 * Reads a JSON file, with or without a byte order mark.
 * @param what what the file contains, e.g. `settings`, for the error message
 * @throws SettingsError if the file cannot be read or parsed; the message names the file, but does
 * not quote its content
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
    // `cause` is omitted on purpose: the parser's message quotes the text, which may contain a
    // secret.
    throw new SettingsError([`The ${what} file ${path} ${notJson(text)}.`]);
  }
}

function notJson(text: string): string {
  return text.trim() === ''
    ? 'is empty: check the program that writes it'
    : 'is not valid JSON: it must contain one JSON value and nothing after it';
}

/**
 * Reads the file given with `--state`. If the file contains an empty object, the sync starts from
 * the beginning.
 * @throws SettingsError that names the file, if the file cannot be read or is not a JSON object
 */
export async function readState(path: string): Promise<JsonRecord> {
  const value = await readJsonFile(path, 'state');
  if (isObject(value)) return value as JsonRecord;
  throw new SettingsError([
    `The state file ${path} must contain a JSON object: the value of a STATE message, or {} to start from the beginning.`,
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
