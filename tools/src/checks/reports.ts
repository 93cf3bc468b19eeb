import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The test results of one package. */
export interface Report {
  readonly project: string;
  readonly passed: number;
  readonly skipped: readonly SkippedTest[];
  /** One line per failed test, unfinished file or unusable report. */
  readonly failures: readonly string[];
}

export interface SkippedTest {
  readonly name: string;
  /** The reason in `skip(reason)` or in a name such as `syncs the disk (needs strace)`. */
  readonly reason: string | undefined;
}

/** The parts of vitest's JSON report that are read here. `vitest.config.ts` adds `skipReason`. */
interface VitestReport {
  readonly success: boolean;
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly meta?: { readonly skipReason?: string };
    }[];
  }[];
}

/** Returns the names of all packages with tests. Each of these packages must write a report. */
export function testProjects(root: string): string[] {
  interface Manifest {
    readonly name: string;
    readonly workspaces?: readonly string[];
    readonly scripts?: Readonly<Record<string, string>>;
  }
  const manifest = (folder: string): Manifest =>
    JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
  return (manifest('.').workspaces ?? [])
    .map(manifest)
    .flatMap(({ name, scripts = {} }) => ('test' in scripts ? name : []));
}

/** Reads each project's report from the file that is named after the project. */
export function readReports(folder: string, projects: readonly string[]): Report[] {
  return projects.map((project) => {
    try {
      const text = readFileSync(join(folder, `${project}.json`), 'utf8');
      return readReport(project, JSON.parse(text) as VitestReport);
    } catch {
      return { project, passed: 0, skipped: [], failures: ['the report is missing or incomplete'] };
    }
  });
}

function readReport(
  project: string,
  { success, numTotalTests, testResults }: VitestReport,
): Report {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length > 0) return failed.map(({ fullName }) => fullName);
    return status === 'failed' ? [`${name}: ${message || 'did not finish'}`] : [];
  });
  if (numTotalTests === 0) failures.push('the report is empty');
  else if (!success && failures.length === 0) failures.push('the tests did not succeed');
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const skipped = tests
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName, meta }) => ({
      name: fullName,
      reason: meta?.skipReason ?? /\((needs .+?)\)/.exec(fullName)?.[1],
    }));
  return { project, passed, skipped, failures };
}
