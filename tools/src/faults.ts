import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { mutants } from './faults/mutants.ts';
import { soak } from './faults/soak.ts';
import { tryMutant } from './faults/try-mutant.ts';

/**
 * The faults that take longer than `npm test` may: a thousand kills, a kill at every write to the
 * disk, every mutant, and a long stream. Names what it does and found; `crash`, `mutants` or `soak`
 * as an argument runs that alone. `FAULT_KILLS`, `FAULT_POINTS` and `FAULT_ROWS` make it shorter.
 */
const root = join(import.meta.dirname, '..', '..');
const parts = process.argv.slice(2);
const isWanted = (part: string): boolean => parts.length === 0 || parts.includes(part);
const report: (readonly [string, string | undefined])[] = [];

if (isWanted('crash')) tell('kills, writes and disks', crashes());
if (isWanted('mutants')) {
  for (const mutant of mutants) tell(`mutant: ${mutant.name}`, tryMutant(mutant));
}
if (isWanted('soak')) tell('a long stream', await soak());

const failed = report.filter(([, fault]) => fault !== undefined).length;
process.stdout.write(`${report.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function tell(what: string, fault: string | undefined): void {
  report.push([what, fault]);
  process.stdout.write(
    `${fault === undefined ? 'passed' : 'FAILED'}  ${what}${fault === undefined ? '' : `: ${fault}`}\n`,
  );
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
