import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadValidator, type JsonSchema } from '@exact-spotter/singer';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { peerTools } from './peer-tools.ts';

/** The definitions for Meltano, held against what its Hub and Meltano itself let stand in them. */
const root = join(import.meta.dirname, '..', '..');
const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');
const hub = JSON.parse(read('test-data', 'meltano-hub.schema.json')) as JsonSchema;

interface Setting {
  readonly name: string;
  readonly kind: string;
}

interface Definition {
  readonly capabilities: readonly string[];
  readonly settings: readonly Setting[];
}

function definition(name: string): Definition {
  return parse(read('packages', name, 'plugin.yml')) as Definition;
}

async function faults(schema: JsonSchema, value: unknown): Promise<string[]> {
  const compile = await loadValidator();
  return compile(schema)(value).map(({ path, reason }) => `${path} ${reason}`);
}

const PLUGINS = [
  { name: 'tap-exactsales', kind: 'extractor' },
  { name: 'target-sqlite', kind: 'loader' },
] as const;

describe.each(PLUGINS)('the definition of $name', ({ name, kind }) => {
  const plugin = definition(name);
  const ofHub = { ...hub, $ref: `#/definitions/${kind}` };

  it('is one that Meltano Hub takes', async () => {
    expect(await faults(ofHub, plugin)).toEqual([]);
  });

  it.each([
    ['a capability', { capabilities: ['about', 'telepathy'] }, /^\/capabilities\/1 must be one of/],
    [
      'a kind',
      { settings: [{ name: 'a', kind: 'number' }] },
      /^\/settings\/0\/kind must be one of/,
    ],
    ['a property', { select_extra: [] }, /must NOT have additional properties/],
    ['a quality', { quality: 'splendid' }, /^\/quality must be one of gold/],
  ])('would not be one with %s that nobody knows', async (_what, wrong, sentence) => {
    expect(await faults(ofHub, { ...plugin, ...wrong })).toEqual([
      expect.stringMatching(sentence) as string,
    ]);
  });

  it('has settings and capabilities that Meltano itself knows', async ({ skip }) => {
    const { base_setting: setting, plugins } = await ofMeltano(skip);
    for (const given of plugin.settings) expect(await faults(setting, given)).toEqual([]);
    const wrong = { ...plugin.settings[0], kind: 'number' };
    expect((await faults(setting, wrong)).join()).toContain('/kind');
    const known = new Set(capabilities(plugins[`${kind}s`]));
    const unknown = plugin.capabilities.filter((capability) => !known.has(capability));
    // The Hub knows it of loaders; the schema of Meltano's own projects does not yet.
    expect(unknown).toEqual(kind === 'loader' ? ['validate-records'] : []);
  });
});

interface MeltanoSchema {
  readonly base_setting: JsonSchema;
  readonly plugins: Readonly<Record<string, JsonSchema>>;
}

/** The parts of the schema of a project that Meltano brings with it. */
async function ofMeltano(skip: (reason: string) => never): Promise<MeltanoSchema> {
  const bin = await peerTools('meltano', skip);
  const print =
    'import importlib.resources as r; print((r.files("meltano.schemas") / "meltano.schema.json").read_text())';
  const { stdout } = await promisify(execFile)(join(bin, 'python'), ['-c', print]);
  const { $defs } = JSON.parse(stdout) as { $defs: MeltanoSchema };
  return { ...$defs, base_setting: { ...$defs.base_setting, $defs } };
}

/** The names in the list of capabilities, wherever it stands in the schema of a plugin. */
function capabilities(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if ('capabilities' in schema) {
    return (schema.capabilities as { items: { enum: string[] } }).items.enum;
  }
  return Object.values(schema).flatMap(capabilities);
}
