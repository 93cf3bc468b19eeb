import { describe, expect, it } from 'vitest';
import { integer, lines, nullableText, record, schema, stream, TestTarget } from './target.ts';

describe('a load', () => {
  it.each([
    [
      'array-data',
      'baskets',
      [
        { id: 1, fruits: '["apple","orange","pear"]' },
        { id: 2, fruits: '[]' },
        { id: 3, fruits: null },
        { id: 4, fruits: null },
      ],
    ],
    [
      'camelcase',
      'TestCamelcase',
      [
        { Id: '1', clientName: 'Ana', createdAt: null, details: null },
        { Id: '2', clientName: 'Bia', createdAt: '2026-01-02T03:04:05Z', details: '{"on":true}' },
      ],
    ],
    [
      'duplicate-records',
      'measures',
      [
        { id: 1, metric: 100 },
        { id: 2, metric: 20 },
      ],
    ],
    [
      'no-key',
      'visits',
      [
        { id: 1, page: 'home' },
        { id: 1, page: 'home' },
        { id: 2, page: 'price' },
      ],
    ],
    [
      'schema-updates',
      'growing',
      [
        { id: 1, a1: 101, a2: null, a3: null, a4: null, a5: null },
        { id: 2, a1: 202, a2: null, a3: null, a4: null, a5: null },
        { id: 3, a1: 103, a2: 'b3', a3: 1, a4: null, a5: null },
        { id: 4, a1: 104, a2: 'b4', a3: 0, a4: '{"d":4}', a5: '[1,2]' },
      ],
    ],
    [
      'special-names',
      'test:Special Names!in?tables',
      [{ 'agent:os:version': '1.2', '"quoted"': 'q', 'a b': 's', ção: 'c' }],
    ],
  ])('stores the expected rows: %s', async (name, table, expected) => {
    const target = new TestTarget();
    await target.load(stream(name));
    expect(target.rows(table)).toEqual(expected);
    expect(target.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  it('keeps strings byte for byte', async () => {
    const target = new TestTarget();
    await target.load(stream('encoded-text'));
    const sent = stream('encoded-text')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { record?: { id: string; info: string } })
      .flatMap(({ record: one }) => (one ? [[one.id, one.info]] : []));
    const kept = target
      .query('SELECT id, CAST(info AS BLOB) AS info FROM texts')
      .map(({ id, info }) => [id, Buffer.from(info as unknown as Uint8Array).toString()]);
    expect(kept).toEqual(sent);
  });

  it('declares keys and relationships', async () => {
    const target = new TestTarget({ table_prefix: 'x_', add_record_metadata: false });
    await target.load(stream('family'));
    const sql = (table: string): unknown =>
      target.query('SELECT sql FROM sqlite_schema WHERE name = ?', table)[0]?.['sql'];
    expect(sql('x_sources')).toContain('"id" INTEGER PRIMARY KEY');
    expect(sql('x_sources__subSources')).toContain('PRIMARY KEY ("source_id", "id")');
    expect(target.query(`PRAGMA foreign_key_list('x_sources__subSources')`)).toMatchObject([
      { table: 'x_sources', from: 'source_id', to: 'id' },
    ]);
    expect(target.query(`PRAGMA foreign_key_list('x_subSources__tags')`)).toMatchObject([
      { table: 'x_sources__subSources', from: 'source_id', to: 'source_id' },
      { table: 'x_sources__subSources', from: 'sub_id', to: 'id' },
    ]);
    expect(target.query('PRAGMA foreign_key_check')).toEqual([]);
  });

  it('declares no relationships if foreign_keys is off', async () => {
    const target = new TestTarget({ foreign_keys: false });
    await target.load(stream('family'));
    expect(target.query(`PRAGMA foreign_key_list('sources__subSources')`)).toEqual([]);
  });

  it('sets the columns of missing properties to null', async () => {
    const target = new TestTarget();
    const declared = schema('t', { id: integer, a: nullableText, b: nullableText }, ['id']);
    await target.load(lines(declared, record('t', { id: 1, a: 'x', b: 'y' })));
    await target.load(
      lines(
        schema('t', { id: integer, a: nullableText }, ['id']),
        record('t', { id: 1, a: 'z' }),
        record('t', { id: 2 }),
      ),
    );
    expect(target.rows('t')).toEqual([
      { id: 1, a: 'z', b: null },
      { id: 2, a: null, b: null },
    ]);
  });

  it('stores properties with names such as constructor', async () => {
    const target = new TestTarget();
    const properties = JSON.stringify({
      id: integer,
      constructor: nullableText,
      toString: nullableText,
    });
    const declared = `{"type":"SCHEMA","stream":"t","key_properties":["id"],"schema":{"properties":${properties.replace('}}', '},"__proto__":{"type":["null","string"]}}')}}}`;
    const full = `{"type":"RECORD","stream":"t","record":{"id":2,"__proto__":"p","constructor":"c","toString":"t"}}`;
    await target.load(lines(declared, record('t', { id: 1 }), full));
    const rows = target.query(
      'SELECT "id", "constructor" AS c, "toString" AS t, "__proto__" AS p FROM t',
    );
    expect(rows).toEqual([
      { id: 1, c: null, t: null, p: null },
      { id: 2, c: 'c', t: 't', p: 'p' },
    ]);
  });

  it('adds seven metadata columns by default', async () => {
    const target = new TestTarget();
    const before = Date.now();
    await target.load(
      lines(
        schema('t', { id: integer }, ['id']),
        record('t', { id: 1 }, { time_extracted: '2026-01-01T00:00:00.000000Z', version: 7 }),
      ),
    );
    const [row] = target.query('SELECT * FROM t');
    expect(row).toMatchObject({
      _sdc_extracted_at: '2026-01-01T00:00:00.000000Z',
      _sdc_deleted_at: null,
      _sdc_table_version: 7,
    });
    for (const name of ['_sdc_received_at', '_sdc_batched_at']) {
      expect(Date.parse(String(row?.[name]))).toBeGreaterThanOrEqual(before);
    }
    for (const name of ['_sdc_sequence', '_sdc_sync_started_at']) {
      expect(Number(row?.[name])).toBeGreaterThanOrEqual(before);
    }
  });

  it('adds only _sdc_deleted_at if add_record_metadata is off', async () => {
    const declared = lines(
      schema('t', { id: integer, _sdc_received_at: nullableText }, ['id']),
      record('t', { id: 1, _sdc_received_at: 'x' }),
    );
    const soft = new TestTarget({ add_record_metadata: false });
    await soft.load(declared);
    expect(Object.keys(soft.query('SELECT * FROM t')[0] ?? {})).toEqual(['id', '_sdc_deleted_at']);
    const hard = new TestTarget({ add_record_metadata: false, hard_delete: true });
    await hard.load(declared);
    expect(Object.keys(hard.query('SELECT * FROM t')[0] ?? {})).toEqual(['id']);
  });

  it('reads the --input file instead of stdin', async () => {
    const target = new TestTarget();
    const file = new URL('../../../test-data/streams/no-key.singer', import.meta.url).pathname;
    const { code, stdout } = await target.run('', '--input', file);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '{"visits":3}\n' });
    expect(target.rows('visits')).toHaveLength(3);
  });

  it('does not log the words "error" or "exception" if it succeeds', async () => {
    const { stderr } = await new TestTarget().run(stream('family'));
    expect(stderr).not.toMatch(/error|exception/i);
  });
});
