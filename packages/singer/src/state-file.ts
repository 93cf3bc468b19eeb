import { SettingsError } from './errors.ts';
import type { JsonRecord } from './messages.ts';
import { readJsonFile } from './settings.ts';

/**
 * Reads the file given with `--state`. An empty object is a first run.
 * @throws SettingsError naming the file, when it cannot be read or holds no JSON object
 */
export async function readState(path: string): Promise<JsonRecord> {
  const value = await readJsonFile(path, 'state');
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as JsonRecord;
  throw new SettingsError([
    `The state file ${path} must hold a JSON object, the value of a STATE message; {} starts from the beginning.`,
  ]);
}
