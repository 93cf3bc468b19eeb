import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** The custom condition of every package's `exports`: tests run from source, no `dist` needed. */
const conditions = ['@exact-spotter/source', 'node', 'import', 'default'];
const project = process.env['npm_package_name'] ?? 'one';

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    reporters: [
      'default',
      ['json', { outputFile: join(import.meta.dirname, '.reports', `${project}.json`) }],
    ],
    // Many tests start whole programs, on machines of two cores.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    onConsoleLog: () => {
      throw new Error('a test printed to the console');
    },
  },
});
