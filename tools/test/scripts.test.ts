import { join } from 'node:path';
import { outputOf } from '@exact-spotter/testing';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

// Without `--` in the script, npm would treat the options as its own.
it('npm run simulator passes options to the simulator', async () => {
  const help = await outputOf('npm', ['run', 'simulator', '--', '--help'], { cwd: root });
  expect(help).toContain('--leads N');
});
