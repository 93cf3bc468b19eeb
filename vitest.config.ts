import { basename, join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type Reporter, type TestSpecification } from 'vitest/node';

/** Of every package's `exports`: tests run from source, without a build. */
const conditions = ['@exact-spotter/source', 'node', 'import', 'default'];
const root = import.meta.dirname;
const project = process.env['npm_package_name'] ?? 'one';

/** Adds to the JSON report why a test was skipped. */
const skipReasons: Reporter = {
  onTestModuleEnd(file) {
    for (const test of file.children.allTests('skipped')) {
      const result = test.result();
      const note = result.state === 'skipped' ? result.note : undefined;
      Object.assign(test.meta(), { skipReason: note });
    }
  },
};

/** Files that take longest, in this order. One that started last would leave a core idle. */
const SLOW = [
  ...['interruptions', 'tap-faults', 'batch', 'tap-behaviours', 'tap-quota', 'meltano'],
  ...['target-postgres', 'tap-live', 'wheels', 'peers', 'target-duckdb', 'tap-servers'],
  ...['tap-doctor', 'generate', 'foreign-taps', 'maps', 'upgrade'],
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
    reporters: [
      'default',
      skipReasons,
      ['json', { outputFile: join(root, '.reports', `${project}.json`) }],
    ],
    // Many tests start whole programs, and the machine may have two cores.
    maxWorkers: 2,
    // Programs that run from source start in half the time when Node caches what it compiled.
    env: { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node') },
    sequence: { sequencer: SlowestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    onConsoleLog: () => {
      throw new Error('a test printed to the console');
    },
  },
});
