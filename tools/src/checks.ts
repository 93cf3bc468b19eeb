import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Everything that must hold, as `npm test` runs it: the checks of the text, then the tests of every
 * package. Ends with `N passed, N failed`: a check counts as one, tests as their reports say.
 */
const root = join(import.meta.dirname, '..', '..');
const reports = join(root, '.reports');
const checks = ['format', 'lint', 'types', 'unused', 'generated'];

interface Count {
  readonly passed: number;
  readonly failed: number;
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly success: boolean;
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports);
const counts = [...checks.map((check) => ran(['run-many', '-t', check])), tests()];
const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > checks.length ? 0 : 1;

/** A check is one that passed or one that failed. */
function ran(args: readonly string[]): Count {
  return nx(args) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Packages one after another: whole programs run in them, and want the machine to themselves. */
function tests(): Count {
  const succeeded = nx(['run-many', '-t', 'test', '--parallel=1', '--nxBail=false']);
  const read = readReports();
  const passedTests = read.reduce((sum, report) => sum + report.numPassedTests, 0);
  const failedTests = read.reduce((sum, report) => sum + failures(report), 0);
  // A run that ended badly without a failed test in any report has failed all the same.
  return { passed: passedTests, failed: succeeded ? failedTests : Math.max(failedTests, 1) };
}

/** A file that could not even start its tests counts as one failure. */
function failures({ numFailedTests, numFailedTestSuites, success }: Report): number {
  return success ? 0 : Math.max(numFailedTests, numFailedTestSuites, 1);
}

function readReports(): Report[] {
  return readdirSync(reports, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(reports, name), 'utf8')) as Report);
}

function nx(args: readonly string[]): boolean {
  // In CI nothing is taken from a cache that an earlier run may have left on the machine.
  const cache = process.env['CI'] === undefined ? [] : ['--skip-nx-cache'];
  const { status } = spawnSync('nx', [...args, ...cache, '--output-style=static'], {
    cwd: root,
    stdio: 'inherit',
  });
  return status === 0;
}
