import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, startProgram, type Ended } from '@exact-spotter/testing';

/**
 * Runs the tap from its sources until it ends.
 * @param pauseMs milliseconds to wait before reading more of its output, as a slow target does
 */
export function tap(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  cwd = tmpdir(),
  pauseMs = 0,
): Promise<Ended> {
  const options = { env: { PATH: process.env['PATH'], ...env }, cwd };
  const program = startProgram('tap-exactsales', args, options);
  const ending = ended(program, '');
  const { stdout } = program;
  if (pauseMs > 0) {
    stdout.on('data', () => {
      stdout.pause();
      setTimeout(() => stdout.resume(), pauseMs);
    });
  }
  return ending;
}

/** Writes a file into a new folder. @returns its path */
export function file(name: string, content: unknown): string {
  const path = join(mkdtempSync(join(tmpdir(), 'tap-')), name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}
