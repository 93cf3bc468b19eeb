import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonRecord, JsonSchema } from '@exact-spotter/singer';
import type { MapSettings } from '../src/index.ts';
import { integer, mapped, mapper, text } from './maps.ts';

interface Flat {
  readonly schema: JsonSchema;
  readonly record: JsonRecord;
  readonly key: readonly string[];
}

/** Flattens a stream's schema and record. */
async function flat(
  properties: Readonly<Record<string, unknown>>,
  record: object,
  more: Partial<MapSettings> & { readonly key?: readonly string[]; readonly root?: object } = {},
): Promise<Flat> {
  const { key = [], root = {}, ...settings } = more;
  const maps = await mapper({
    flattening_enabled: true,
    flattening_max_depth: 9,
    stream_maps: { s: {} },
    ...settings,
  });
  const schema = { type: 'object', properties, ...root };
  const declared = { type: 'SCHEMA', stream: 's', schema, key_properties: key };
  const made = [declared, { type: 'RECORD', stream: 's', record }].flatMap((message) =>
    mapped(maps, message),
  );
  const [first, second] = made;
  if (first?.type !== 'SCHEMA' || second?.type !== 'RECORD')
    throw new Error('a message is missing');
  return { schema: first.schema, record: second.record, key: first.key_properties };
}

function object(properties: object, types: readonly string[] = ['object', 'null']): object {
  return { type: types, properties };
}

const deep = { a: object({ b: object({ c: text, d: integer }), e: { type: 'string' } }) };
const value = { a: { b: { c: 'x', d: 1 }, e: 'y' } };

describe('flattening', () => {
  it.each([
    [0, value],
    [1, { a__b: '{"c":"x","d":1}', a__e: 'y' }],
    [2, { a__b__c: 'x', a__b__d: 1, a__e: 'y' }],
    [9, { a__b__c: 'x', a__b__d: 1, a__e: 'y' }],
  ])('flattens to depth %i', async (depth, expected) => {
    const { schema, record } = await flat(deep, value, { flattening_max_depth: depth });
    expect(record).toEqual(expected);
    expect(Object.keys(schema['properties'] ?? {})).toEqual(Object.keys(expected));
  });

  it('makes the columns of a nullable object nullable', async () => {
    const { schema, record } = await flat(deep, { a: null });
    expect(record).toEqual({ a__b__c: null, a__b__d: null, a__e: null });
    expect(schema['properties']).toMatchObject({ a__e: { type: ['string', 'null'] } });
  });

  it.each([
    [
      'turns a list into JSON text',
      { type: ['array', 'null'] },
      [1, { b: 2 }],
      '[1,{"b":2}]',
      ['string', 'null'],
    ],
    [
      'turns an object without properties into JSON text',
      { type: 'object' },
      { b: 1 },
      '{"b":1}',
      'string',
    ],
    [
      'turns an object into JSON text if a string is also allowed',
      { type: ['object', 'string'] },
      { b: 1 },
      '{"b":1}',
      'string',
    ],
    [
      'keeps a string if an object is also allowed',
      { type: ['object', 'string'] },
      'x',
      'x',
      'string',
    ],
    [
      'keeps a number if a list is also allowed',
      { type: ['number', 'array'] },
      5,
      5,
      ['number', 'string'],
    ],
    ['turns an object without a declared type into JSON text', {}, { b: 1 }, '{"b":1}', undefined],
    ['keeps a number', { type: 'number' }, 5, 5, 'number'],
  ])('%s', async (_what, schema, given, expected, type) => {
    const made = await flat({ a: schema }, { a: given });
    expect(made.record).toEqual({ a: expected });
    const { a } = made.schema['properties'] as { a: { type?: unknown } };
    expect(a.type).toEqual(type);
  });

  it('finds objects in anyOf and $ref', async () => {
    const home = object({ city: text }, ['object']);
    const properties = {
      a: { anyOf: [home, { type: 'null' }] },
      b: { $ref: '#/definitions/home' },
      c: { $ref: '#/nowhere' },
    };
    const given = { a: { city: 'x' }, b: { city: 'y' }, c: { city: 'z' } };
    const { record } = await flat(properties, given, { root: { definitions: { home } } });
    expect(record).toEqual({ a__city: 'x', b__city: 'y', c: '{"city":"z"}' });
  });

  it('keeps the key and undeclared properties', async () => {
    const { record, key } = await flat(
      { id: integer, a: object({ b: text }) },
      { id: 1, a: { b: 'x', more: [1] }, other: { c: 1 } },
      { key: ['id'] },
    );
    expect(key).toEqual(['id']);
    expect(record).toEqual({ id: 1, a__b: 'x', a__more: '[1]', other: '{"c":1}' });
  });

  it.each([
    ['__', 255, ['shipping', 'address_line', 'x'], 'shipping__address_line__x'],
    ['.', 255, ['shipping', 'x'], 'shipping.x'],
    ['__', 20, ['shipping_address', 'streetName', 'x'], 'sa__streetName__x'],
    ['__', 16, ['shipping_address', 'streetName', 'x'], 'sa__sn__x'],
    ['__', 10, ['shipping', 'name'], 'shi__name'],
    ['__', 9, ['shipping', 'name'], 'shi__nam'],
  ])(
    'joins names with %j and shortens names of %i or more characters: %j',
    async (separator, limit, path, name) => {
      const nest = (parts: readonly string[]): object =>
        parts.reduceRight((inner: object, part) => object({ [part]: inner }), text);
      const [first = '', ...rest] = path;
      const { schema } = await flat(
        { [first]: nest(rest) },
        {},
        { flattening_separator: separator, flattening_max_key_length: limit },
      );
      expect(Object.keys(schema['properties'] ?? {})).toEqual([name]);
    },
  );

  it('shortens names by characters, not by UTF-16 units', async () => {
    const settings = { flattening_separator: '__', flattening_max_key_length: 10 };
    const columns = async (...path: [string, string]): Promise<string[]> => {
      const { schema } = await flat({ [path[0]]: object({ [path[1]]: text }) }, {}, settings);
      return Object.keys(schema['properties'] ?? {});
    };
    // The name has nine characters, but eleven UTF-16 units.
    expect(await columns('a😀😀b', 'abc')).toEqual(['a😀😀b__abc']);
    expect(await columns('a😀😀b', 'abcd')).toEqual(['a😀😀__abcd']);
    // The name has one capital, which is two UTF-16 units.
    expect(await columns('𐐀bcdef', 'abc')).toEqual(['𐐨bc__abc']);
  });

  it('refuses two columns with the same name, and a key that is an object', async () => {
    await expect(flat({ a__b: text, a: object({ b: text }) }, {})).rejects.toThrow(
      /stream "s": flattening creates two columns named "a__b"/,
    );
    await expect(flat(deep, {}, { key: ['a'] })).rejects.toThrow(/the key column "a"/);
  });

  it('is applied after maps', async () => {
    const made = await flat(deep, value, {
      stream_maps: { s: { x: "a['e'].upper()", y: 'a', a: null } },
    });
    expect(made.record).toEqual({ x: 'Y', y__b__c: 'x', y__b__d: 1, y__e: 'y' });
  });

  it('loses no value, and writes the columns that the schema declares', async () => {
    const name = fc.stringMatching(/^[a-z]{1,4}$/);
    // A string with this beginning cannot be distinguished from the JSON text of an object.
    const plain = fc.string().filter((value) => !value.startsWith('{"'));
    const { tree } = fc.letrec<{ tree: Tree; node: Tree | Leaf }>((tie) => ({
      tree: fc.dictionary(name, tie('node'), { maxKeys: 4, minKeys: 1, noNullPrototype: true }),
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.oneof(fc.integer(), plain, fc.boolean(), fc.constant(null)),
        tie('tree'),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(tree, fc.integer({ min: 1, max: 4 }), async (given, depth) => {
        const { schema, record } = await flat(schemaOf(given), given, {
          flattening_max_depth: depth,
          flattening_separator: '/',
        });
        expect(Object.keys(record).sort()).toEqual(Object.keys(schema['properties'] ?? {}).sort());
        expect(unflatten(record, depth)).toEqual(given);
      }),
      { numRuns: 200 },
    );
  });
});

type Leaf = string | number | boolean | null;
interface Tree {
  readonly [name: string]: Tree | Leaf;
}

function schemaOf(tree: Tree): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(tree).map(([name, node]) => [
      name,
      typeof node === 'object' && node !== null
        ? object(schemaOf(node))
        : { type: ['string', 'number', 'boolean', 'null'] },
    ]),
  );
}

/** Rebuilds the nested object. Columns at the maximum depth contain JSON text. */
function unflatten(record: JsonRecord, depth: number): object {
  const made: Record<string, unknown> = {};
  for (const [name, cell] of Object.entries(record)) {
    const path = name.split('/');
    const last = path.pop() ?? '';
    const holder = path.reduce((at, part) => (at[part] ??= {}) as Record<string, unknown>, made);
    const isText = path.length === depth && typeof cell === 'string' && cell.startsWith('{"');
    holder[last] = isText ? (JSON.parse(cell) as unknown) : cell;
  }
  return made;
}
