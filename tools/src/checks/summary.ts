import type { Report, SkippedTest } from './reports.ts';

/** Tests that CI may skip. */
const EXPECTED_SKIPS: readonly { readonly test: RegExp; readonly reason: string }[] = [];

export interface Results {
  readonly checks: readonly { readonly name: string; readonly passed: boolean }[];
  readonly tests: { readonly succeeded: boolean; readonly reports: readonly Report[] };
  /** True in CI, where an unexpected skip is a failure. */
  readonly isCi: boolean;
}

export interface Summary {
  readonly failed: number;
  /** Lines to print. The last line is `N passed, N failed, N skipped`. */
  readonly lines: readonly string[];
}

/** Counts all checks and tests, and lists the failed and skipped ones. */
export function summarize({ checks, tests, isCi }: Results, expected = EXPECTED_SKIPS): Summary {
  const failed = checks.filter(({ passed }) => !passed).map(({ name }) => `npm run check: ${name}`);
  const skipped: string[] = [];
  let passed = checks.length - failed.length;
  for (const report of tests.reports) {
    passed += report.passed;
    failed.push(...report.failures.map((failure) => `${report.project}: ${failure}`));
    for (const test of report.skipped) {
      const line = `${report.project}: ${describeSkip(test)}`;
      if (isCi && !isExpected(test, expected)) failed.push(`${line} (CI must not skip it)`);
      else skipped.push(line);
    }
  }
  // A test command can fail without a failure in any report, e.g. if an error occurs outside a test.
  if (!tests.succeeded && tests.reports.every(({ failures }) => failures.length === 0)) {
    failed.push('a test command failed, although no report contains a failure');
  }
  return {
    failed: failed.length,
    lines: [
      ...skipped.map((line) => `skipped  ${line}`),
      ...failed.map((line) => `FAILED   ${line}`),
      `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`,
    ],
  };
}

function describeSkip({ name, reason }: SkippedTest): string {
  return `${name}: ${reason ?? 'no reason given'}`;
}

function isExpected({ name }: SkippedTest, expected: typeof EXPECTED_SKIPS): boolean {
  return expected.some(({ test }) => test.test(name));
}
