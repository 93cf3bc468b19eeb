import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readReports, testProjects } from '../src/checks/reports.ts';
import { summarize, type Summary } from '../src/checks/summary.ts';

const SMALL = '@exact-spotter/small';

interface Test {
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly skipReason?: string;
  readonly fullName?: string;
}

/** Returns a report in vitest's format. */
function report(tests: readonly Test[], more: object = {}): object {
  const hasFailed = tests.some(({ status }) => status === 'failed');
  const assertionResults = tests.map(({ status, skipReason, fullName }, at) => ({
    ...{ fullName: fullName ?? `test ${at}`, status, meta: { skipReason } },
  }));
  return {
    success: !hasFailed && tests.length > 0,
    numTotalTests: tests.length,
    testResults: [
      { name: 'a.test.ts', status: hasFailed ? 'failed' : 'passed', message: '', assertionResults },
    ],
    ...more,
  };
}

/** Summarizes one package's report together with one passed check. */
function summaryOf(
  text: string | undefined,
  { isCi = true, succeeded = true, expected = [] as { test: RegExp; reason: string }[] } = {},
): Summary {
  const folder = mkdtempSync(join(tmpdir(), 'reports-'));
  mkdirSync(join(folder, '@exact-spotter'));
  if (text !== undefined) writeFileSync(join(folder, `${SMALL}.json`), text);
  return summarize(
    {
      checks: [{ name: 'lint', passed: true }],
      tests: { succeeded, reports: readReports(folder, [SMALL]) },
      isCi,
    },
    expected,
  );
}

const passed: Test = { status: 'passed' };
const skipped: Test = { status: 'skipped', skipReason: 'strace is not installed' };

describe('npm test', () => {
  it('counts checks and tests in its last line', () => {
    const { failed, lines } = summaryOf(JSON.stringify(report([passed, passed])));
    expect(failed).toBe(0);
    expect(lines).toEqual(['3 passed, 0 failed, 0 skipped']);
  });

  it('lists skipped tests with their reasons', () => {
    const { failed, lines } = summaryOf(JSON.stringify(report([passed, skipped])), { isCi: false });
    expect(failed).toBe(0);
    expect(lines).toEqual([
      `skipped  ${SMALL}: test 1: strace is not installed`,
      '2 passed, 0 failed, 1 skipped',
    ]);
  });

  it.each([
    ['syncs the disk (needs strace)', 'needs strace'],
    ['syncs the disk', 'no reason given'],
  ])('takes the reason for a skipped test from its name: %s', (fullName, reason) => {
    const tests = report([passed, { status: 'skipped', fullName }]);
    const { lines } = summaryOf(JSON.stringify(tests), { isCi: false });
    expect(lines[0]).toBe(`skipped  ${SMALL}: ${fullName}: ${reason}`);
  });

  it('fails in CI when a test is skipped unexpectedly', () => {
    const { failed, lines } = summaryOf(JSON.stringify(report([passed, skipped])));
    expect(failed).toBe(1);
    expect(lines.at(0)).toContain('test 1: strace is not installed');
    expect(lines.at(-1)).toBe('2 passed, 1 failed, 0 skipped');
  });

  it('passes in CI when the skipped test is expected', () => {
    const expected = [{ test: /^test 1$/, reason: 'only for this test' }];
    const { failed, lines } = summaryOf(JSON.stringify(report([passed, skipped])), { expected });
    expect(failed).toBe(0);
    expect(lines.at(-1)).toBe('2 passed, 0 failed, 1 skipped');
  });

  it('lists failed tests', () => {
    const { failed, lines } = summaryOf(JSON.stringify(report([passed, { status: 'failed' }])), {
      succeeded: false,
    });
    expect(failed).toBe(1);
    expect(lines).toEqual([`FAILED   ${SMALL}: test 1`, '2 passed, 1 failed, 0 skipped']);
  });

  it('fails when a check fails', () => {
    const checks = [{ name: 'lint', passed: false }];
    const { failed, lines } = summarize({
      checks,
      tests: { succeeded: true, reports: [] },
      isCi: true,
    });
    expect(failed).toBe(1);
    expect(lines.at(0)).toContain('lint');
  });

  it.each([
    ['is missing', undefined],
    ['is cut short', '{"success": true, "numTo'],
    ['has an unknown format', '{}'],
    ['is empty', JSON.stringify(report([]))],
    ['reports no success', JSON.stringify(report([passed], { success: false }))],
    [
      'contains a file that did not finish',
      JSON.stringify(
        report([passed], {
          success: false,
          testResults: [{ name: 'b.ts', status: 'failed', message: '', assertionResults: [] }],
        }),
      ),
    ],
  ])('fails when a report %s', (_what, text) => {
    expect(summaryOf(text).failed).toBe(1);
  });

  it('fails when a test command fails although every test passed', () => {
    expect(summaryOf(JSON.stringify(report([passed])), { succeeded: false }).failed).toBe(1);
  });

  it('expects a report from every package with tests', () => {
    const projects = testProjects(join(import.meta.dirname, '..', '..'));
    expect(projects).toEqual(
      expect.arrayContaining(['@exact-spotter/singer', '@exact-spotter/tools']),
    );
    expect(projects.length).toBeGreaterThan(5);
  });
});
