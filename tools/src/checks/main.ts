import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isCi } from '../ci.ts';
import { installDebianPackages } from './debian-packages.ts';
import { readReports, testProjects } from './reports.ts';
import { summarize } from './summary.ts';

/**
 * `npm test`: runs the checks on the whole repository, then the tests of every package. The last line
 * is `N passed, N failed, N skipped`; each check is counted as one test.
 */
const root = join(import.meta.dirname, '..', '..', '..');
const reports = join(root, '.reports');

/** The slowest checks are first, because two checks run at a time. */
const CHECKS = ['eslint', 'types', 'format', 'unused', 'generated'];
/** The tests of these packages start many programs, so each of these packages is tested alone. */
const LARGE = ['@exact-spotter/target-sqlite', '@exact-spotter/tools'];

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports);
installDebianPackages();
const checks = await inParallel(2, CHECKS, async (check) => ({
  name: check,
  passed: await nx(['run-many', '-t', check]),
}));
const succeeded = await runTests();
const summary = summarize({
  checks,
  tests: { succeeded, reports: readReports(reports, testProjects(root)) },
  isCi,
});
process.stdout.write(`\n${summary.lines.join('\n')}\n`);
process.exitCode = summary.failed === 0 ? 0 : 1;

/** @returns true if every test command succeeded */
async function runTests(): Promise<boolean> {
  const small = testProjects(root).filter((project) => !LARGE.includes(project));
  // In CI, `npm ci` has just built the packages.
  const noBuild = isCi ? ['--exclude-task-dependencies'] : [];
  const command = ['run-many', '-t', 'test', '--nxBail=false', ...noBuild];
  const results = [await nx([...command, '--parallel=2', `--projects=${small.join(',')}`])];
  for (const project of LARGE) results.push(await nx([...command, `--projects=${project}`]));
  return results.every(Boolean);
}

async function nx(args: readonly string[]): Promise<boolean> {
  // CI ignores any cache that an earlier run left on the machine.
  const cache = isCi ? ['--skip-nx-cache'] : [];
  const child = spawn('nx', [...args, ...cache, '--output-style=static'], {
    cwd: root,
    stdio: 'inherit',
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0;
}

/** Calls `work` for each item, up to `limit` items at a time. */
async function inParallel<T, R>(
  limit: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  await Promise.all(
    Array.from({ length: limit }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        results[next[0]] = await work(next[1]);
      }
    }),
  );
  return results;
}
