import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

// Without `--` in the script, npm would treat the options as its own.
it('npm run simulator passes options to the simulator', () => {
  const { status, stdout } = spawnSync('npm', ['run', 'simulator', '--', '--help'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(stdout).toContain('--leads N');
  expect(status).toBe(0);
});
