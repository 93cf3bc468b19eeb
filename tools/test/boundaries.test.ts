import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const eslint = new ESLint({
  cwd: root,
  ruleFilter: ({ ruleId }) => /^no-restricted-(?:imports|syntax|globals)$/.test(ruleId),
});

/** What the linter has against a text that stands in the place of a file of ours. */
async function complaints(file: string, text: string): Promise<string[]> {
  const results = await eslint.lintText(text, { filePath: join(root, file) });
  return results.flatMap(({ messages }) => messages.map(({ message }) => message));
}

const SCHEMA = 'packages/schema/src/tables.ts';
const SINGER = 'packages/singer/src/messages.ts';
const MAPS = 'packages/stream-maps/src/mapper.ts';
const TAP = 'packages/tap-exactsales/src/run.ts';
const TARGET = 'packages/target-sqlite/src/load.ts';
const SIMULATOR = 'tools/simulator/src/index.ts';
const TOOLS = 'tools/src/demo.ts';

describe('the linter refuses', () => {
  it.each([
    ['the target in the tap', TAP, '@exact-spotter/target-sqlite', 'may not import'],
    ['the tap in the target', TARGET, '@exact-spotter/tap-exactsales', 'may not import'],
    ['the tables in the target', TARGET, '@exact-spotter/schema', 'may not import'],
    ['stream maps in singer', SINGER, '@exact-spotter/stream-maps', 'may not import'],
    ['stream maps in schema', SCHEMA, '@exact-spotter/stream-maps', 'may not import'],
    ['schema in stream maps', MAPS, '@exact-spotter/schema', 'may not import'],
    ['the tap in stream maps', MAPS, '@exact-spotter/tap-exactsales', 'may not import'],
    ['the target in stream maps', MAPS, '@exact-spotter/target-sqlite', 'may not import'],
    ['the simulator in the tap', TAP, '@exact-spotter/simulator', 'may not import'],
    ['the simulator in the target', TARGET, '@exact-spotter/simulator', 'may not import'],
    ['singer in the simulator', SIMULATOR, '@exact-spotter/singer', 'may not import'],
    ['schema in the simulator', SIMULATOR, '@exact-spotter/schema', 'may not import'],
    ['the tools in the simulator', SIMULATOR, '@exact-spotter/tools', 'may not import'],
    ['the tools in the tap', TAP, '@exact-spotter/tools', 'may not import'],
    ['the tap in schema', SCHEMA, '@exact-spotter/tap-exactsales', 'may not import'],
    ['the target in schema', SCHEMA, '@exact-spotter/target-sqlite', 'may not import'],
    ['the tools in schema', SCHEMA, '@exact-spotter/tools', 'may not import'],
    ['schema in singer', SINGER, '@exact-spotter/schema', 'may not import'],
    ['the tap in singer', SINGER, '@exact-spotter/tap-exactsales', 'may not import'],
    ['a path into another package', TAP, '../../target-sqlite/src/load.ts', 'by its name'],
    ['a second door to the network', TAP, 'undici', 'may import'],
    ['the same by what Node brings', TARGET, 'node:https', 'may import'],
    ['a second door to the database', TARGET, 'better-sqlite3', 'may import'],
    ['the same by what Node brings', TAP, 'node:sqlite', 'may import'],
    ['ajv elsewhere in singer', SINGER, 'ajv', 'may import'],
    ['the standard streams by import', TAP, 'node:process', 'may import'],
  ])('%s (%s)', async (_what, file, name, sentence) => {
    const whole = await complaints(file, `import * as some from '${name}';\nvoid some;\n`);
    expect(whole).toEqual([expect.stringContaining(sentence)]);
    const later = await complaints(file, `void (await import('${name}'));\n`);
    expect(later).toEqual([expect.stringContaining(sentence)]);
  });

  it('a request that needs no import', async () => {
    expect(await complaints(TAP, "await fetch('https://example.org');\n")).toEqual([
      expect.stringContaining('may use the network'),
    ]);
  });
});

describe('the linter takes', () => {
  it.each([
    ['both libraries in the tap', TAP, ['@exact-spotter/schema', '@exact-spotter/singer']],
    ['the vocabulary in the target', TARGET, ['@exact-spotter/singer']],
    ['undici at its door', 'packages/tap-exactsales/src/api/http.ts', ['undici']],
    [
      'better-sqlite3 at its door',
      'packages/target-sqlite/src/database/sqlite.ts',
      ['better-sqlite3'],
    ],
    [
      'everything in the tools',
      TOOLS,
      ['@exact-spotter/tap-exactsales', '@exact-spotter/target-sqlite', 'node:sqlite'],
    ],
  ])('%s', async (_what, file, names) => {
    const imports = names.map((name, at) => `import * as some${at} from '${name}';\n`);
    expect(await complaints(file, imports.join(''))).toEqual([]);
  });
});
