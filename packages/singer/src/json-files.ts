import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { SettingsError } from './errors.ts';
import { isObject } from './json.ts';
import type { JsonRecord } from './messages.ts';

/**
 * Reads a file of JSON; a byte order mark is passed over.
 * @param what what the file should hold, for the message
 * @throws SettingsError naming the file, without quoting it, when it cannot be read or parsed
 */
export async function readJsonFile(path: string, what: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new SettingsError(
      [`The ${what} file ${path} cannot be read (${reason}): check its name and its permissions.`],
      { cause },
    );
  });
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch {
    // No cause: the parser's message quotes the text, which may hold a secret.
    throw new SettingsError([`The ${what} file ${path} ${notJson(text)}.`]);
  }
}

/** What is wrong with a file, and what to do. */
function notJson(text: string): string {
  return text.trim() === ''
    ? 'is empty: see why nothing was written into it'
    : 'is not valid JSON: it must hold one JSON value, and nothing behind it';
}

/**
 * Reads the file given with `--state`. An empty object is a first run.
 * @throws SettingsError naming the file, when it cannot be read or holds no JSON object
 */
export async function readState(path: string): Promise<JsonRecord> {
  const value = await readJsonFile(path, 'state');
  if (isObject(value)) return value as JsonRecord;
  throw new SettingsError([
    `The state file ${path} must hold a JSON object, the value of a STATE message; {} starts from the beginning.`,
  ]);
}

/**
 * The version in the package.json of the calling file's package.
 * @param moduleUrl `import.meta.url` of a file in `src` or `dist`
 */
export function packageVersion(moduleUrl: string): string {
  const text = readFileSync(new URL('../package.json', moduleUrl), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
