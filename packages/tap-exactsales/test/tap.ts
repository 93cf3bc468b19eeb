import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, startProgram, type Ended } from '@exact-spotter/testing';

/** Runs the tap from its sources until it ends. */
export function tap(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  cwd = tmpdir(),
): Promise<Ended> {
  const options = { env: { PATH: process.env['PATH'], ...env }, cwd };
  return ended(startProgram('tap-exactsales', args, options), '');
}

/** Writes a file into a new folder. @returns its path */
export function file(name: string, content: unknown): string {
  const path = join(mkdtempSync(join(tmpdir(), 'tap-')), name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}
