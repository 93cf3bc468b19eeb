import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Creates one folder for the temporary files of a package's tests and of the programs that they start.
 * Removes the folder after the last test, unless `KEEP_FILES=1` is set in the environment.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'exact-spotter-'));
  // Some tests run a program as another user.
  chmodSync(folder, 0o755);
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
  return () => {
    if (process.env['KEEP_FILES'] === '1')
      process.stdout.write(`The temporary files are in ${folder}.\n`);
    else rmSync(folder, { recursive: true, maxRetries: 5 });
  };
}
