import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isCi } from '../ci.ts';

/** Programs with a Debian package of the same name. */
const PROGRAMS: readonly string[] = ['strace'];

/**
 * Installs the programs that some tests need, but only as root in CI on Debian. On other machines,
 * those tests are skipped.
 */
export function installDebianPackages(): void {
  const missing = PROGRAMS.filter((program) => !isOnPath(program));
  const mayInstall = isCi && process.getuid?.() === 0;
  if (missing.length === 0 || !mayInstall || !isOnPath('apt-get')) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync('apt-get', ['update', '-qq'], { env, stdio: 'inherit' });
    const options = ['install', '-y', '-qq', '--no-install-recommends'];
    execFileSync('apt-get', [...options, ...missing], { env, stdio: 'inherit' });
  } catch {
    process.stderr.write(
      `Could not install ${missing.join(', ')}, so the tests that need it will fail.\n`,
    );
  }
}

function isOnPath(program: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)));
}
