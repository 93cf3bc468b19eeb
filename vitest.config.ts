import { basename, join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type Reporter, type TestSpecification } from 'vitest/node';

/** Conditions in every package's `exports`, so that tests run from source without a build. */
const conditions = ['@exact-spotter/source', 'node', 'import', 'default'];
const root = import.meta.dirname;
const setup = join(root, 'tools', 'testing', 'src', 'vitest');
const project = process.env['npm_package_name'] ?? 'one';

/** Adds the reason why a test was skipped to the JSON report. */
const skipReasons: Reporter = {
  onTestModuleEnd(file) {
    for (const test of file.children.allTests('skipped')) {
      const result = test.result();
      const note = result.state === 'skipped' ? result.note : undefined;
      Object.assign(test.meta(), { skipReason: note });
    }
  },
};

/**
 * The slowest test files, which run first and in this order: a slow file at the end would leave a
 * core idle.
 */
const SLOW = [
  ...['interruptions', 'tap-faults', 'batch', 'tap-behaviours', 'tap-quota', 'meltano'],
  ...['target-postgres', 'tap-live', 'wheels', 'peers', 'target-duckdb', 'tap-servers'],
  ...[
    'tap-ranges',
    'split-state',
    'split-reads',
    'split-faults',
    'tap-doctor',
    'generate',
    'foreign-taps',
    'maps',
    'upgrade',
  ],
  ...['deletes', 'crash', 'paths', 'schema-change', 'values', 'commands'],
].map((name) => `${name}.test.ts`);

class SlowestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = SLOW.indexOf(basename(moduleId));
      return at < 0 ? SLOW.length : at;
    };
    return Promise.resolve(files.toSorted((one, other) => place(one) - place(other)));
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: join(setup, 'temporary-folder.ts'),
    setupFiles: join(setup, 'fast-check-seed.ts'),
    reporters: [
      'default',
      skipReasons,
      ['json', { outputFile: join(root, '.reports', `${project}.json`) }],
    ],
    // Many tests start whole programs, and the machine may have only two cores.
    maxWorkers: 2,
    // Programs that run from source start in half the time if Node caches the compiled code.
    env: { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node') },
    sequence: { sequencer: SlowestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    onConsoleLog: () => {
      throw new Error('a test printed to the console');
    },
  },
});
