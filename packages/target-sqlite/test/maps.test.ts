import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { integer, lines, nullableText, record, schema, state, TestTarget } from './target.ts';

const people = schema(
  'people',
  { id: integer, name: nullableText, email: nullableText, home: { type: ['object', 'null'] } },
  ['id'],
);
const input = lines(
  people,
  '{"type":"RECORD","stream":"people","record":{"id":12345678901234567,"name":"Ana","email":"A@x.org","home":{"2":1.10,"1":2}}}',
  record('people', { id: 2, name: null, email: null }),
  state({ a: 1 }),
);

describe('stream maps', () => {
  it('rename, drop and hash properties, and keep all digits and the key order', async () => {
    const target = new TestTarget({
      stream_maps: {
        people: {
          __alias__: 'pessoas',
          nome: 'name',
          name: null,
          email: "sha256(config['salt'] + email.lower())",
          casa: 'home',
          home: null,
        },
      },
      stream_map_config: { salt: 'sal' },
    });
    expect(await target.load(input)).toBe('{"a":1}\n');
    const hash = createHash('sha256').update('sala@x.org').digest('hex');
    expect(target.query('SELECT id, nome, email, casa FROM pessoas ORDER BY nome')).toEqual([
      { id: 2, nome: null, email: null, casa: null },
      { id: 12345678901234567n, nome: 'Ana', email: hash, casa: '{"2":1.10,"1":2}' },
    ]);
  });

  it('apply to records in BATCH files', async () => {
    const target = new TestTarget({ stream_maps: { people: { __alias__: 'p', email: null } } });
    const file = join(target.folder, 'a.jsonl');
    writeFileSync(file, '{"id":1,"name":"Ana","email":"x"}\n{"id":2,"home":{"9":[],"1":1.0}}\n');
    const manifest = [pathToFileURL(file).href];
    await target.load(
      lines(people, { type: 'BATCH', stream: 'people', encoding: { format: 'jsonl' }, manifest }),
    );
    expect(target.rows('p')).toEqual([
      { id: 1, name: 'Ana', home: null },
      { id: 2, name: null, home: '{"9":[],"1":1.0}' },
    ]);
  });

  it('apply to records before they are quarantined', async () => {
    const target = new TestTarget({
      stream_maps: { people: { __alias__: 'p', id: "id if id < 10 else 'big'" } },
      on_invalid_record: 'quarantine',
    });
    await target.load(input);
    expect(target.rows('p')).toMatchObject([{ id: 2 }]);
    const [kept] = target.query('SELECT stream, line, message FROM _singer_quarantine');
    expect(kept).toMatchObject({ stream: 'p', line: 2 });
    expect(String(kept?.['message'])).toContain('"home":{"2":1.10,"1":2}');
    expect(String(kept?.['message'])).toContain('"id":"big"');
  });

  it('apply to ACTIVATE_VERSION', async () => {
    const target = new TestTarget({
      stream_maps: { people: { __alias__: 'p', __filter__: 'id < 3' } },
    });
    const fullTable = (version: number, ids: readonly number[]): string =>
      lines(
        people,
        ...ids.map((id) => record('people', { id }, { version })),
        { type: 'ACTIVATE_VERSION', stream: 'people', version },
        state({ version }),
      );
    await target.load(fullTable(1, [1, 2, 3]));
    expect(target.alive('p').map(({ id }) => id)).toEqual([1, 2]);
    await target.load(fullTable(2, [2, 3]));
    expect(target.alive('p').map(({ id }) => id)).toEqual([2]);
  });

  it('rename the tables and columns in relationships', async () => {
    const target = new TestTarget({
      stream_maps: { people: { __alias__: 'p', number: 'id', id: null } },
    });
    const orders = schema('orders', { id: integer, who: integer }, ['id'], {
      'x-references': { who: 'people.id' },
    });
    await target.load(lines(people, orders));
    expect(target.query('PRAGMA foreign_key_list(orders)')).toMatchObject([
      { table: 'p', from: 'who', to: 'number' },
    ]);
  });

  it('can be combined with flattening', async () => {
    const target = new TestTarget({ flattening_enabled: true, flattening_max_depth: 1 });
    const home = {
      type: ['object', 'null'],
      properties: { city: nullableText, geo: { type: 'object' } },
    };
    const given = { id: 1, home: { city: 'Recife', geo: { lat: -8.05 } } };
    await target.load(lines(schema('s', { id: integer, home }, ['id']), record('s', given)));
    expect(target.rows('s')).toEqual([{ id: 1, home__city: 'Recife', home__geo: '{"lat":-8.05}' }]);
  });
});

describe('invalid stream maps', () => {
  it.each([
    [{ stream_maps: { people: { x: 'name +' } } }, /"people" › "x": the expression is invalid/],
    [{ stream_maps: { people: 5 } }, /The setting "stream_maps\/people" must be/],
    [{ flattening_enabled: true }, /"flattening_max_depth" is required/],
  ])('end the run before the database is created: %j', async (settings, sentence) => {
    const target = new TestTarget(settings);
    const { code, stderr } = await target.run(input);
    expect(code).toBe(2);
    expect(stderr).toMatch(sentence);
    expect(target.exists).toBe(false);
  });

  it.each([
    [{ people: { id: null } }, /line 1, stream "people": the map drops the key column "id"/],
    [{ people: { x: 'names' } }, /line 1, stream "people", column "x": .* did you mean "name"/],
    [
      { people: { x: 'int(name)' } },
      /line 2, stream "people", column "x": int\(\) was called with a string/,
    ],
  ])('end the run without loading a row: %j', async (stream_maps, sentence) => {
    const target = new TestTarget({ stream_maps });
    const { code, stdout, stderr } = await target.run(input);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toContain('Ana');
    expect(target.query("SELECT 1 FROM sqlite_schema WHERE name = 'people'")).toEqual([]);
  });

  it('are logged if they match no stream', async () => {
    const target = new TestTarget({ stream_maps: { person: { id: null } } });
    const { code, stderr } = await target.run(input);
    expect(code).toBe(0);
    expect(stderr).toMatch(/WARNING.*"person" matches no stream/);
  });
});
