import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadValidator, type JsonSchema } from '@exact-spotter/singer';
import { outputOf } from '@exact-spotter/testing';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { peerTools } from './peer-tools.ts';

/** Validates the Meltano definitions against the schemas of Meltano Hub and of Meltano. */
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

async function problems(schema: JsonSchema, value: unknown): Promise<string[]> {
  const compile = await loadValidator();
  return compile(schema)(value).map(({ path, reason }) => `${path} ${reason}`);
}

const PLUGINS = [
  { name: 'tap-exactsales', kind: 'extractor' },
  { name: 'target-sqlite', kind: 'loader' },
] as const;

describe.each(PLUGINS)('the Meltano definition of $name', ({ name, kind }) => {
  const plugin = definition(name);
  const ofHub = { ...hub, $ref: `#/definitions/${kind}` };

  it('is valid for Meltano Hub', async () => {
    expect(await problems(ofHub, plugin)).toEqual([]);
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
  ])(
    'is invalid for Meltano Hub if it names %s that does not exist',
    async (_what, wrong, sentence) => {
      expect(await problems(ofHub, { ...plugin, ...wrong })).toEqual([
        expect.stringMatching(sentence) as string,
      ]);
    },
  );

  it('is valid for Meltano', async ({ skip }) => {
    const { base_setting: setting, plugins } = await ofMeltano(skip);
    for (const given of plugin.settings) expect(await problems(setting, given)).toEqual([]);
    const wrong = { ...plugin.settings[0], kind: 'number' };
    expect((await problems(setting, wrong)).join()).toContain('/kind');
    const known = new Set(capabilities(plugins[`${kind}s`]));
    const unknown = plugin.capabilities.filter((capability) => !known.has(capability));
    // Meltano Hub's schema contains this loader capability, but Meltano's own schema does not yet.
    expect(unknown).toEqual(kind === 'loader' ? ['validate-records'] : []);
  });
});

interface MeltanoSchema {
  readonly base_setting: JsonSchema;
  readonly plugins: Readonly<Record<string, JsonSchema>>;
}

/** Reads the project schema of the installed Meltano. */
async function ofMeltano(skip: (reason: string) => never): Promise<MeltanoSchema> {
  const bin = await peerTools('meltano', skip);
  const print =
    'import importlib.resources as r; print((r.files("meltano.schemas") / "meltano.schema.json").read_text())';
  const json = await outputOf(join(bin, 'python'), ['-c', print]);
  const { $defs } = JSON.parse(json) as { $defs: MeltanoSchema };
  return { ...$defs, base_setting: { ...$defs.base_setting, $defs } };
}

/** Returns the capability names in the schema of a plugin. */
function capabilities(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if ('capabilities' in schema) {
    return (schema.capabilities as { items: { enum: string[] } }).items.enum;
  }
  return Object.values(schema).flatMap(capabilities);
}
