import { defineConfig } from 'vitest/config';

/** The custom condition of every package's `exports`: tests run from source, no `dist` needed. */
const conditions = ['@exact-spotter/source', 'node', 'import', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    onConsoleLog: () => {
      throw new Error('a test printed to the console');
    },
  },
});
