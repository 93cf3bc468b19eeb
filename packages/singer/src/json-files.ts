import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { errorCode, SettingsError } from './errors.ts';
import { findJsonFault } from './messages/json-fault.ts';
import { isObject } from './messages/json.ts';
import type { JsonRecord } from './messages/messages.ts';
import { decodeText, placeAfter, TextError, type TextPlace } from './text.ts';

/**
 * Reads a JSON file in UTF-8 or UTF-16, with or without a byte order mark.
 * @param what what the file contains, e.g. `settings`, for the error message
 * @throws SettingsError if the file cannot be read, decoded or parsed; the message names the file and
 * the place, but does not quote its content
 */
export async function readJsonFile(path: string, what: string): Promise<unknown> {
  return parseJson(await readTextFile(path, what), `The ${what} file ${path}`);
}

/**
 * Reads a text file in UTF-8 or UTF-16.
 * @throws SettingsError as {@link readJsonFile} does
 */
async function readTextFile(path: string, what: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new SettingsError(
      [
        `The ${what} file ${path} cannot be read (${errorCode(cause)}): check its name and permissions.`,
      ],
      { cause },
    );
  });
  return decodeFile(bytes, `The ${what} file ${path}`);
}

/**
 * Decodes a file in UTF-8 or UTF-16.
 * @param name the beginning of the error message, e.g. `The settings file tap.json`
 * @throws SettingsError that names the place of bytes that are not valid
 */
export function decodeFile(bytes: Uint8Array, name: string): string {
  try {
    return decodeText(bytes);
  } catch (cause) {
    if (!(cause instanceof TextError)) throw cause;
    throw new SettingsError(
      [`${name} is not valid ${cause.encoding} at ${placeText(cause.place)}: save it as UTF-8.`],
      { cause },
    );
  }
}

/**
 * @param name the beginning of the error message, e.g. `The settings file tap.json`
 * @throws SettingsError that names the place of the fault
 */
export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // `cause` is omitted on purpose: the parser's message quotes the text, which may contain a
    // secret.
    throw new SettingsError([`${name} ${notJson(text)}.`]);
  }
}

function notJson(text: string): string {
  if (text.trim() === '') return 'is empty: check the program that writes it';
  const { at, reason } = findJsonFault(text) ?? { at: 0, reason: 'it cannot be parsed' };
  return `is not valid JSON at ${placeText(placeAfter(text.slice(0, at)))}: ${reason}`;
}

function placeText({ line, column }: TextPlace): string {
  return `line ${line}, column ${column}`;
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
