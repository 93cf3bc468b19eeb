import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mutant } from './mutants.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const PACKAGE = join('packages', 'target-sqlite');

/**
 * Runs a mutant's test in a copy of the target, without the mutant and with it.
 * @returns what went wrong; nothing where the test is green without it and red with it
 */
export function tryMutant({ file, from, to, test }: Mutant): string | undefined {
  const copy = mkdtempSync(join(tmpdir(), 'mutant-'));
  try {
    mkdirSync(join(copy, 'packages'));
    cpSync(join(root, PACKAGE), join(copy, PACKAGE), { recursive: true });
    for (const shared of ['node_modules', 'test-data']) {
      symlinkSync(join(root, shared), join(copy, shared));
    }
    // Copies, not links: what they name beside themselves, reports above all, stays in here.
    for (const shared of ['vitest.config.ts', 'tsconfig.base.json', 'package.json']) {
      cpSync(join(root, shared), join(copy, shared));
    }
    const path = join(copy, PACKAGE, 'src', file);
    const source = readFileSync(path, 'utf8');
    if (source.split(from).length !== 2)
      return 'its place is not in the sources once: mend the mutant';
    if (runs(copy, test) !== 0) return `${test} fails without it`;
    writeFileSync(
      path,
      source.replace(from, () => to),
    );
    return runs(copy, test) === 0 ? `no test of ${test} noticed it` : undefined;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function runs(copy: string, test: string): number | null {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--config', '../../vitest.config.ts', '--bail=1', `test/${test}`];
  return spawnSync(process.execPath, args, { cwd: join(copy, PACKAGE), stdio: 'ignore' }).status;
}
