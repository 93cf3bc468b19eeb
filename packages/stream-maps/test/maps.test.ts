import { describe, expect, it } from 'vitest';
import { parseMessage, SettingsError, type JsonRecord, type Message } from '@exact-spotter/singer';
import { loadMapper, type MapSettings, type StreamMapper } from '../src/index.ts';
import { ana, integer, mapped, mapper, people, person, text } from './maps.ts';

type Maps = NonNullable<MapSettings['stream_maps']>;

const orders = {
  type: 'SCHEMA',
  stream: 'orders',
  schema: {
    type: 'object',
    required: ['id', 'person_id'],
    properties: { id: integer, person_id: integer, at: text, total: { type: 'number' } },
    'x-key': ['id'],
    'x-references': { person_id: 'people.id', at: 'days.day' },
    'x-replication': { method: 'window', key: 'at' },
    'x-covered': { column: 'at', from: '2026-01-01', to: '2026-02-01', version: 3 },
  },
  key_properties: ['id'],
  bookmark_properties: ['at'],
};

const items = {
  type: 'SCHEMA',
  stream: 'orders__items',
  schema: {
    type: 'object',
    properties: { order_id: integer, position: integer, sku: text },
    'x-parent': { table: 'orders', array: 'items', columns: { order_id: 'id' } },
  },
  key_properties: ['order_id', 'position'],
};

/** Maps SCHEMA messages. */
async function schemas(stream_maps: Maps, ...given: readonly object[]): Promise<object[]> {
  const maps = await mapper({ stream_maps });
  return given.flatMap((schema) => mapped(maps, schema));
}

async function failure(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => new Error('nothing failed'),
    (cause: unknown) => cause,
  );
  return error instanceof Error ? error.message : String(error);
}

describe('a stream map', () => {
  it.each([
    ['drops a column', { email: null, phone: '__NULL__' }, ['email', 'phone'], {}],
    ['renames a column', { mail: 'email', email: null }, ['email'], { mail: 'Ana@Example.com' }],
    ['adds a column', { account: '"filial-1"' }, [], { account: 'filial-1' }],
    ['replaces a column', { email: 'self.lower()' }, [], { email: 'ana@example.com' }],
  ] as const)('%s', async (_case, map, removed, added) => {
    const { schema, record } = await person(map);
    const rest = Object.entries({ ...ana, ...added }).filter(
      ([name]) => !(removed as readonly string[]).includes(name),
    );
    expect(JSON.parse(record ?? '')).toEqual(Object.fromEntries(rest));
    expect(Object.keys(schema['properties'] ?? {}).sort()).toEqual(
      rest.map(([name]) => name).sort(),
    );
  });

  it('keeps only the key and the named columns with __else__', async () => {
    const { schema, record } = await person({ mail: 'email', __else__: null });
    expect(record).toBe('{"id":1,"mail":"Ana@Example.com"}');
    expect(Object.keys(schema['properties'] ?? {})).toEqual(['id', 'mail']);
  });

  it('keeps _sdc_ columns with __else__', async () => {
    const record = { ...ana, _sdc_deleted_at: '2026-01-01T00:00:00Z' };
    const { record: made } = await person({ __else__: '__NULL__' }, record);
    expect(made).toBe('{"id":1,"_sdc_deleted_at":"2026-01-01T00:00:00Z"}');
  });

  it('copies numbers without losing digits, and does not add missing columns', async () => {
    const { record } = await person({ price: 'paid' }, '{"id":1.0,"paid":0.10000000000000000001}');
    expect(record).toBe('{"id":1,"paid":0.10000000000000000001,"price":0.10000000000000000001}');
    expect((await person({ price: 'paid' }, '{"id":1}')).record).toBe('{"id":1}');
  });

  it('keeps the schema of a renamed column', async () => {
    const { schema } = await person({ full: 'name', name: null, born_on: 'born' });
    expect(schema['properties']).toMatchObject({
      full: { title: 'Name', type: ['string', 'null'] },
      born_on: { format: 'date' },
    });
  });
});

describe('__filter__', () => {
  it.each([
    ["email.endswith('@Example.com')", true],
    ['age > 50', false],
    ['nothing_at_all is None', undefined],
    ['home', true],
    ["home['street']", false],
  ])('%s decides whether a record is kept', async (filter, passes) => {
    const made = person({ __filter__: filter });
    if (passes === undefined) await expect(made).rejects.toThrow(/no column "nothing_at_all"/);
    else expect((await made).record !== undefined).toBe(passes);
  });

  it('excludes the children of an excluded record', async () => {
    const maps = await mapper({ stream_maps: { orders: { __filter__: 'total > 10' } } });
    const messages = [
      orders,
      items,
      record('orders', { id: 1, total: 5 }),
      record('orders__items', { order_id: 1, position: 0 }),
      record('orders', { id: 2, total: 50 }),
      record('orders__items', { order_id: 2, position: 0 }),
    ].flatMap((message) => mapped(maps, message));
    expect(messages.filter(({ type }) => type === 'RECORD')).toMatchObject([
      { stream: 'orders', record: { id: 2 } },
      { stream: 'orders__items', record: { order_id: 2 } },
    ]);
  });
});

describe('__filter__ in BATCH files', () => {
  const mapBatch = (maps: StreamMapper, values: object): readonly Message[] => {
    const stream = 'order_id' in values ? 'orders__items' : 'orders';
    const record = values as JsonRecord;
    return maps.mapBatchRecord({ type: 'RECORD', stream, record });
  };
  const filtering = async (): Promise<StreamMapper> => {
    const maps = await mapper({ stream_maps: { orders: { __filter__: 'total > 10' } } });
    for (const message of [orders, items]) mapped(maps, message);
    return maps;
  };

  it('uses the last version of a parent until the next STATE', async () => {
    const maps = await filtering();
    mapBatch(maps, { id: 1, total: 5 });
    mapBatch(maps, { id: 2, total: 5 });
    mapBatch(maps, { id: 2, total: 50 });
    expect([1, 2, 3].map((id) => mapBatch(maps, { order_id: id, position: 0 }).length)).toEqual([
      0, 1, 1,
    ]);
    mapped(maps, { type: 'STATE', value: {} });
    expect(mapBatch(maps, { order_id: 1, position: 0 })).toHaveLength(1);
  });

  it('fails if it would have to remember too many excluded parents', async () => {
    const maps = await filtering();
    const long = 'x'.repeat(8 * 1024 * 1024);
    const all = (): void => {
      for (let at = 0; at < 17; at += 1) mapBatch(maps, { id: `${at}${long}`, total: 5 });
    };
    expect(all).toThrow('more BATCH records than can be remembered');
  });
});

describe('stream_maps', () => {
  it.each([
    ['drops a stream with null', { people: null }, ['orders']],
    ['drops a stream with __NULL__', { people: '__NULL__' }, ['orders']],
    ['drops unnamed streams with __else__', { people: {}, __else__: null }, ['people']],
    [
      'renames a stream with __alias__',
      { people: { __alias__: 'pessoas' } },
      ['pessoas', 'orders'],
    ],
    [
      'renames streams with an expression in __alias__',
      { '*': { __alias__: "__stream_name__ + '_v2'" } },
      ['people_v2', 'orders_v2'],
    ],
    [
      'writes a stream a second time with __source__',
      { second: { __source__: 'people' } },
      ['people', 'second', 'orders'],
    ],
    [
      'writes a stream only under a different name with __source__',
      { people: null, hr: { __source__: 'people' } },
      ['hr', 'orders'],
    ],
    ['maps several streams with a pattern', { '*e*': null }, []],
    ['accepts ? and [!] in a pattern', { '?eople': null, '[!p]rders': null }, []],
    [
      'keeps streams that match no pattern',
      { 'p?': null, '[!o]rders': null },
      ['people', 'orders'],
    ],
    ['uses the last entry that matches', { '*': null, people: {} }, ['people']],
  ] as const)('%s', async (_what, stream_maps, names) => {
    const mappedSchemas = await schemas(stream_maps, people, orders);
    expect(mappedSchemas.map((message) => (message as { stream: string }).stream)).toEqual(names);
  });

  it('applies to records and versions, but not to states', async () => {
    const maps = await mapper({
      stream_maps: { people: { __alias__: 'a', id: 'id' }, b: { __source__: 'people', age: null } },
    });
    mapped(maps, people);
    const made = [
      {
        ...record('people', { id: 1, age: 2 }),
        version: 9,
        time_extracted: '2026-01-01T00:00:00Z',
      },
      { type: 'ACTIVATE_VERSION', stream: 'people', version: 9 },
      { type: 'STATE', value: { bookmarks: { people: 1 } } },
    ].flatMap((message) => mapped(maps, message));
    expect(made).toEqual([
      expect.objectContaining({ stream: 'a', record: { age: 2, id: 1 }, version: 9 }),
      expect.objectContaining({ stream: 'b', time_extracted: '2026-01-01T00:00:00Z' }),
      { type: 'ACTIVATE_VERSION', stream: 'a', version: 9 },
      { type: 'ACTIVATE_VERSION', stream: 'b', version: 9 },
      { type: 'STATE', value: '{"bookmarks":{"people":1}}' },
    ]);
  });

  it('reports maps that match no stream', async () => {
    const maps = await mapper({ stream_maps: { people: {}, peopel: {}, 'x*': null } });
    mapped(maps, people);
    expect(maps.unmatched()).toEqual([
      expect.stringContaining('"peopel" matches no stream'),
      expect.stringContaining('"x*"'),
    ]);
    expect(maps.unmatched(['people', 'peopel', 'xx'])).toEqual([]);
  });
});

describe('keys', () => {
  it.each([
    ['are unchanged by default', {}, ['id']],
    ['follow a renamed column', { number: 'id', id: null }, ['number']],
    ['can be replaced', { hash: 'md5(id)', id: null, __key_properties__: ['hash'] }, ['hash']],
    ['can be removed', { id: null, __key_properties__: null }, []],
    ['can be removed with __NULL__', { __key_properties__: '__NULL__' }, []],
    ['are kept if their column is computed', { id: "str(id) + '/x'" }, ['id']],
  ])('%s', async (_what, map: Record<string, string | string[] | null>, key) => {
    const [made] = await schemas({ people: map }, people);
    expect(made).toMatchObject({ key_properties: key });
  });

  it.each([
    [{ id: null }, 'the map drops the key column "id"'],
    [{ __key_properties__: ['nope'] }, '__key_properties__ names "nope"'],
    [{ __key_properties__: ['id'], id: null }, '__key_properties__ names "id"'],
  ])(
    'cause an error for the map %j',
    async (map: Record<string, string | string[] | null>, sentence) => {
      const work = schemas({ people: map }, people);
      expect(await failure(work)).toContain(`line 7, stream "people": ${sentence}`);
    },
  );
});

describe('keywords that name columns', () => {
  it('follow renamed columns and streams', async () => {
    const [, made, child] = await schemas(
      {
        people: { __alias__: 'pessoas', number: 'id', id: null },
        orders: { __alias__: 'pedidos', who: 'person_id', person_id: null, day: 'at', at: null },
        orders__items: { pedido: 'order_id', order_id: null },
      },
      people,
      orders,
      items,
    );
    expect(made).toMatchObject({
      stream: 'pedidos',
      bookmark_properties: ['day'],
      schema: {
        required: ['id', 'who'],
        'x-key': ['id'],
        'x-references': { who: 'pessoas.number', day: 'days.day' },
        'x-replication': { method: 'window', key: 'day' },
        'x-covered': { column: 'day', version: 3 },
      },
    });
    expect(child).toMatchObject({
      key_properties: ['pedido', 'position'],
      schema: { 'x-parent': { table: 'pedidos', array: 'items', columns: { pedido: 'id' } } },
    });
  });

  it('are removed with dropped and computed columns', async () => {
    const [made, child] = await schemas(
      { orders: { person_id: 'md5(person_id)', at: null, id: 'str(id)' }, people: null },
      orders,
      items,
    );
    expect(Object.keys((made as typeof orders).schema).sort()).toEqual([
      'properties',
      'required',
      'type',
      'x-key',
    ]);
    expect(made).toMatchObject({ schema: { required: [] } });
    expect((child as typeof items).schema).not.toHaveProperty('x-parent');
  });

  it('are removed with a dropped stream', async () => {
    const [made] = await schemas({ people: null }, orders);
    expect(made).toMatchObject({ schema: { 'x-references': { at: 'days.day' } } });
    expect((made as typeof orders).schema['x-references']).not.toHaveProperty('person_id');
  });
});

describe('invalid stream_maps', () => {
  it.each([
    [{ __else__: 'x' }, '"__else__" can only be null'],
    [{ __nope__: {} }, '"__nope__" is not a stream name'],
    [{ people: 'x' }, '"people" must be an object, or null'],
    [{ people: { __filtre__: 'x' } }, 'did you mean "__filter__"'],
    [{ people: { __key_properties__: 'id' } }, 'must be a list of columns'],
    [{ people: { __else__: 'x' } }, 'can only be null'],
    [{ people: { email: ['x'] } }, 'must be an expression, or null'],
    [{ people: { __source__: 'a', __alias__: 'b' } }, 'both __source__ and __alias__'],
    [{ people: { __filter__: '(' } }, '"__filter__": the expression is invalid'],
    [{ people: { __alias__: '__stream_name__ +' } }, '"__alias__": the expression is invalid'],
  ] as readonly (readonly [Maps, string])[])('%j are refused', async (stream_maps, sentence) => {
    expect(await failure(mapper({ stream_maps }))).toContain(sentence);
  });

  it('cause one error that lists every problem', async () => {
    const error: unknown = await mapper({
      stream_maps: { people: { a: '(', b: 'nope(1)' } },
      flattening_enabled: true,
    }).catch((cause: unknown) => cause);
    expect(error instanceof SettingsError && error.problems).toHaveLength(3);
  });

  it.each([
    [
      { people: { __alias__: 'orders' } },
      'the new name would be "orders", which the stream "people" already uses',
    ],
    [
      { 'o*': { __alias__: 'people' } },
      'the new name would be "people", which the stream "people" already uses',
    ],
    [{ orders: { made: 'totals' } }, 'the stream has no column "totals": did you mean "total"'],
  ])('%j are refused because they are not valid for the streams', async (stream_maps, sentence) => {
    const maps = await mapper({ stream_maps });
    const declared = [people, orders].map((schema) =>
      parseMessage({ number: 1, text: JSON.stringify(schema) }),
    );
    const known = declared.filter((message) => message.type === 'SCHEMA');
    expect(() => maps.prepare(known)).toThrow(SettingsError);
    expect(() => maps.prepare(known)).toThrow(sentence);
  });
});

it('loadMapper returns undefined if there is nothing to map', async () => {
  const none = {
    flattening_enabled: false,
    flattening_separator: '_',
    flattening_max_key_length: 9,
  };
  expect(await loadMapper({ ...none, stream_maps: {} })).toBeUndefined();
  expect(await loadMapper(none)).toBeUndefined();
});

function record(stream: string, values: object): object {
  return { type: 'RECORD', stream, record: values };
}
