import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { mutants, tryMutant } from './mutants.ts';
import { soak } from './soak.ts';

/**
 * Runs the checks that take too long for `npm test`: a thousand kills, a kill at every disk write, every
 * mutant, and a long stream. The arguments `crash`, `mutants` and `soak` select checks (default: all).
 * The environment variables `FAULT_KILLS`, `FAULT_POINTS` and `FAULT_ROWS` shorten the checks.
 */
const root = join(import.meta.dirname, '..', '..', '..');
const parts = process.argv.slice(2);
const isWanted = (part: string): boolean => parts.length === 0 || parts.includes(part);
const results: (string | undefined)[] = [];

if (isWanted('crash')) report('kills, writes and disks', crashes());
if (isWanted('mutants')) {
  for (const mutant of mutants) report(`mutant: ${mutant.name}`, tryMutant(mutant));
}
if (isWanted('soak')) report('a long stream', await soak());

const failed = results.filter((problem) => problem !== undefined).length;
process.stdout.write(`${results.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function report(what: string, problem: string | undefined): void {
  results.push(problem);
  const line = problem === undefined ? `passed  ${what}` : `FAILED  ${what}: ${problem}`;
  process.stdout.write(`${line}\n`);
}

function crashes(): string | undefined {
  const env = { FAULT_KILLS: '1000', FAULT_POINTS: '100000', ...process.env };
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const tests = ['crash', 'durability', 'disk'].map((name) => `test/${name}.test.ts`);
  const args = [
    vitest,
    'run',
    '--config',
    '../../vitest.config.ts',
    '--testTimeout=86400000',
    ...tests,
  ];
  const cwd = join(root, 'packages', 'target-sqlite');
  const { status } = spawnSync(process.execPath, args, {
    cwd,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return status === 0 ? undefined : 'see above';
}
