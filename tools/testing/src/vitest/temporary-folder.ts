import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives all tests of a package, and the programs that they start, one folder for temporary files,
 * which is removed after the last test. Set `KEEP_FILES=1` in the environment to keep it.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'exact-spotter-'));
  // Some tests run a program as another user.
  chmodSync(folder, 0o755);
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
  return () => {
    if (process.env['KEEP_FILES'] === '1') process.stdout.write(`The tests left ${folder}.\n`);
    else rmSync(folder, { recursive: true, maxRetries: 5 });
  };
}
