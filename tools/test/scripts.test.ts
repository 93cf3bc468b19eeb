import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

// npm took the options for its own: the simulator never saw them.
it('hands the options of npm run simulator on', () => {
  const { status, stdout } = spawnSync('npm', ['run', 'simulator', '--', '--help'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(stdout).toContain('--leads N');
  expect(status).toBe(0);
});
