import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { integer, lines, nullableText, record, schema, state, TestTarget } from './target.ts';

/** Tests expressions in `stream_maps` that fail on a record. */
const people = schema('people', { id: integer, age: nullableText }, ['id']);
const maps = (age: string, more: object = {}): object => ({
  stream_maps: { people: { __alias__: 'p', age, ...more } },
  on_invalid_record: 'quarantine',
});
const bad = { id: 2, age: 'canary' };
const input = lines(
  people,
  record('people', { id: 1, age: '41' }),
  record('people', bad),
  record('people', { id: 3, age: null }),
  state({ a: 1 }),
);
const fixed = 'int(age) if age.isdigit() else 0';
const quarantined = (target: TestTarget): unknown =>
  target.query('SELECT stream, line, reason FROM _singer_quarantine ORDER BY id');

describe('a record on which an expression fails', () => {
  it.each([
    [
      'int(age)',
      /line 4, stream "people", column "age": int\(\) was called with a string that is not an integer/,
    ],
    ['age + 1', /line 3, stream "people", column "age": "\+" cannot be used with a string/],
  ])('ends the run with one sentence and keeps the earlier records: %s', async (age, sentence) => {
    const target = new TestTarget({ stream_maps: { people: { age } } });
    const { code, stdout, stderr } = await target.run(lines(state({ a: 0 })) + input);
    expect([code, stdout]).toEqual([1, '{"a":0}\n']);
    const critical = stderr.split('\n').filter((line) => line.includes('CRITICAL'));
    expect(critical).toEqual([expect.stringMatching(sentence)]);
    expect(critical[0]).toContain('"stream_maps", or set on_invalid_record to "quarantine".');
    expect(stderr).not.toContain('canary');
  });

  it('is quarantined in its original form and replayed through the fixed map', async () => {
    const target = new TestTarget(maps('int(age)'));
    const { code, stdout, stderr } = await target.run(input);
    expect([code, stdout], stderr).toEqual([0, '{"a":1}\n']);
    expect(target.rows('p')).toEqual([
      { id: 1, age: 41 },
      { id: 3, age: null },
    ]);
    const reason = 'column "age": int() was called with a string that is not an integer';
    expect(quarantined(target)).toEqual([{ stream: 'people', line: 3, reason }]);
    expect(stderr).toContain('Records quarantined in _singer_quarantine: 1');
    const list = await target.run('', 'quarantine', 'list');
    expect(list.stdout + stderr).not.toContain('canary');

    await target.run('', 'quarantine', 'replay');
    expect(quarantined(target)).toEqual([{ stream: 'people', line: 3, reason }]);
    target.configure(maps(fixed));
    const replay = await target.run('', 'quarantine', 'replay');
    expect(replay.code, replay.stderr).toBe(0);
    expect(target.rows('p')).toEqual([
      { id: 1, age: 41 },
      { id: 2, age: 0 },
      { id: 3, age: null },
    ]);
    expect(quarantined(target)).toEqual([]);
  });

  it('does not overwrite a later row when replayed', async () => {
    const target = new TestTarget(maps('int(age)'));
    await target.load(input);
    await target.load(lines(people, record('people', { id: 2, age: '7' })));
    target.configure(maps(fixed));
    const { stderr } = await target.run('', 'quarantine', 'replay');
    expect(stderr).toContain(
      'Records dropped because a later record with the same key was loaded: 1',
    );
    expect(target.rows('p', 'id = 2')).toEqual([{ id: 2, age: 7 }]);
    expect(quarantined(target)).toEqual([]);
  });

  it('is exported after the SCHEMA that the tap sent', async () => {
    const target = new TestTarget(maps('int(age)', { __alias__: 'people' }));
    await target.load(input + lines(record('people', { id: 'x', age: '1' })));
    const file = join(target.folder, 'kept.singer');
    await target.run('', 'quarantine', 'export', file);
    const sent = readFileSync(file, 'utf8').trim().split('\n');
    const types = sent.map((line) => JSON.parse(line) as unknown);
    expect(types.slice(0, 2)).toEqual([people, record('people', bad)]);
    expect(types.slice(2)).toMatchObject([
      { schema: { properties: { age: { type: ['integer', 'null'] } } } },
      { record: { id: 'x', age: 1 } },
    ]);
  });

  it('remains in quarantine if the key of its table has changed', async () => {
    const target = new TestTarget(maps('int(age)'));
    await target.load(lines(people, record('people', bad)));
    const finer = schema('people', { id: integer, age: nullableText }, ['id', 'age']);
    const rows = ['7', '8'].map((age) => record('people', { id: 2, age }));
    await target.load(lines(finer, ...rows));
    target.configure(maps(fixed));
    const { code, stderr } = await target.run('', 'quarantine', 'replay');
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(
      /remain in quarantine because the key of their table has changed .*: 1\n/,
    );
    expect(target.rows('p').map(({ age }) => age)).toEqual([7, 8]);
    expect(quarantined(target)).toHaveLength(1);
    expect(target.query('SELECT key_properties AS key FROM _singer_streams')).toEqual([
      { key: '["id","age"]' },
    ]);
  });

  it("keeps its schema, but not its run's x-covered", async () => {
    const at = { type: ['null', 'string'], format: 'date-time' };
    const of = (more: object): object =>
      schema('people', { id: integer, age: nullableText, at }, ['id'], more);
    const target = new TestTarget(maps('int(age)', { __alias__: 'people' }));
    const range = { column: 'at', from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' };
    const later = { id: 5, age: '1', at: '2026-01-02T00:00:00Z' };
    await target.load(
      lines(
        ...[of({}), record('people', bad), of({ 'x-covered': { ...range, version: 5 } })],
        ...[record('people', { id: 4, age: 'canary' }), of({}), record('people', later)],
      ),
    );
    expect(target.query('SELECT message FROM _singer_sources')).toEqual([
      { message: JSON.stringify(of({})) },
    ]);
    target.configure(maps(fixed, { __alias__: 'people' }));
    await target.run('', 'quarantine', 'replay');
    expect(target.alive('people').map(({ id }) => id)).toEqual([2, 4, 5]);
    expect(target.query('SELECT * FROM _singer_sources')).toEqual([]);
  });

  it('counts towards max_quarantined', async () => {
    const target = new TestTarget({ ...maps('int(age)'), max_quarantined: 1 });
    const { code, stderr } = await target.run(lines(people, record('people', bad)) + input);
    expect(code).toBe(1);
    expect(stderr).toMatch(/line 5, stream "people", column "age": .* max_quarantined \(1\)/);
  });

  it('is loaded either into all streams that the maps create from it or into none', async () => {
    const target = new TestTarget({
      stream_maps: { people: { age: null }, aged: { __source__: 'people', age: 'int(age)' } },
      on_invalid_record: 'quarantine',
    });
    await target.load(input);
    expect(target.rows('people').map(({ id }) => id)).toEqual([1, 3]);
    target.configure({ stream_maps: { people: {}, aged: { __source__: 'people', age: fixed } } });
    await target.run('', 'quarantine', 'replay');
    expect(target.rows('people', 'id = 2')).toEqual([{ id: 2, age: 'canary' }]);
    expect(target.rows('aged', 'id = 2')).toEqual([{ id: 2, age: 0 }]);
  });

  it('counts as a record, so its stream is not treated as empty', async () => {
    const target = new TestTarget(maps('int(age)'));
    const activate = { type: 'ACTIVATE_VERSION', stream: 'people', version: 2 };
    await target.load(lines(people, record('people', { id: 1, age: '1' }, { version: 1 })));
    const { stderr } = await target.run(
      lines(people, activate, record('people', { id: 1, age: 'x' }), state({ b: 1 })),
    );
    expect(stderr).toContain('no rows were deleted');
    expect(target.alive('p')).toEqual([{ id: 1, age: 1 }]);
  });

  it('may be in a BATCH file', async () => {
    const target = new TestTarget(maps('int(age)'));
    const file = join(target.folder, 'a.jsonl');
    writeFileSync(file, '{"id":1,"age":"41"}\n{"id":2,"age":"canary"}\n');
    const manifest = [pathToFileURL(file).href];
    const batch = { type: 'BATCH', stream: 'people', encoding: { format: 'jsonl' }, manifest };
    await target.load(lines(people, batch));
    expect(target.rows('p')).toEqual([{ id: 1, age: 41 }]);
    target.configure(maps(fixed));
    await target.run('', 'quarantine', 'replay');
    expect(target.rows('p', 'id = 2')).toEqual([{ id: 2, age: 0 }]);
  });
});

describe('a filter that fails on a record', () => {
  const pets = schema('pets', { owner: integer, name: nullableText }, ['owner', 'name'], {
    'x-parent': { table: 'people', array: 'pets', columns: { owner: 'id' } },
  });
  const pet = (owner: number, name: string): object => record('pets', { owner, name });
  const adults = (filter: string): object => ({
    stream_maps: { people: { __filter__: filter } },
    on_invalid_record: 'quarantine',
  });

  it('also quarantines the children of the record', async () => {
    const target = new TestTarget(adults('int(age) > 17'));
    await target.load(
      lines(
        ...[people, pets],
        ...[record('people', { id: 1, age: '41' }), pet(1, 'Rex')],
        ...[record('people', { id: 2, age: 'unknown' }), pet(2, 'Tom'), pet(2, 'Kit')],
        ...[record('people', { id: 3, age: 'adult' }), pet(3, 'Bob')],
        ...[record('people', { id: 4, age: '18' }), pet(4, 'Ace'), state({ a: 1 })],
      ),
    );
    expect(target.rows('people').map(({ id }) => id)).toEqual([1, 4]);
    expect(target.rows('pets').map(({ name }) => name)).toEqual(['Rex', 'Ace']);
    expect(quarantined(target)).toMatchObject([
      { stream: 'people', line: 5 },
      {
        stream: 'pets',
        line: 6,
        reason: expect.stringContaining('failed on the parent record') as string,
      },
      { stream: 'pets', line: 7 },
      { stream: 'people', line: 8 },
      { stream: 'pets', line: 9 },
    ]);
    target.configure(adults("int(age) > 17 if age.isdigit() else age == 'adult'"));
    await target.run('', 'quarantine', 'replay');
    expect(target.rows('people').map(({ id }) => id)).toEqual([1, 3, 4]);
    expect(target.rows('pets').map(({ name }) => name)).toEqual(['Rex', 'Bob', 'Ace']);
    expect(quarantined(target)).toEqual([]);
  });

  it.each([
    ['filtered out', '17', ['Rex'], []],
    ['let through', '41', ['Rex', 'Bob'], []],
    ['quarantined', 'unknown', ['Rex'], ['people', 'pets']],
  ])(
    'filters children in a BATCH file by their own parent if the last parent is %s',
    async (_case, age, names, aside) => {
      const target = new TestTarget(adults('int(age) > 17'));
      const batch = (stream: string, ...rows: object[]): object => {
        const file = join(target.folder, stream);
        writeFileSync(file, lines(...rows));
        const manifest = [pathToFileURL(file).href];
        return { type: 'BATCH', stream, encoding: { format: 'jsonl' }, manifest };
      };
      const parents = [
        { id: 1, age: '41' },
        { id: 2, age: '17' },
        { id: 3, age },
      ];
      const children = [
        { owner: 1, name: 'Rex' },
        { owner: 2, name: 'Tom' },
        { owner: 3, name: 'Bob' },
      ];
      await target.load(
        lines(
          ...[people, pets, batch('people', ...parents), batch('pets', ...children)],
          ...[state({ a: 1 }), record('people', { id: 2, age: '18' }), pet(2, 'Kit')],
        ),
      );
      const alive = target.rows('pets').map(({ name }) => name);
      expect(alive.toSorted()).toEqual([...names, 'Kit'].toSorted());
      expect(target.query('SELECT stream FROM _singer_quarantine ORDER BY id')).toEqual(
        aside.map((stream) => ({ stream })),
      );
    },
  );

  it('does not affect a child whose parent was loaded much earlier', async () => {
    const settings = (filter: string, name: string): object => ({
      stream_maps: { people: { __filter__: filter }, pets: { name } },
      on_invalid_record: 'quarantine',
    });
    const target = new TestTarget(settings('int(age) > 17', 'str(int(name))'));
    await target.load(
      lines(
        ...[people, pets, record('people', { id: 2, age: 'unknown' })],
        ...[record('people', { id: 4, age: '18' }), pet(4, 'Ace')],
      ),
    );
    expect(quarantined(target)).toMatchObject([{ line: 3 }, { line: 5 }]);
    target.configure(settings('False', 'name'));
    await target.run('', 'quarantine', 'replay');
    expect(target.rows('pets').map(({ name }) => name)).toEqual(['Ace']);
  });
});

it('a database with layout 1 can be used', async () => {
  const target = new TestTarget({ ...maps('int(age)'), stream_maps: {} });
  await target.load(lines(people, record('people', { id: 'x' })));
  const database = new DatabaseSync(target.database);
  database.exec(`ALTER TABLE _singer_quarantine DROP COLUMN source; DROP TABLE _singer_sources;
    UPDATE _singer_runs SET layout = 1`);
  database.close();
  const file = join(target.folder, 'kept.singer');
  expect((await target.run('', 'quarantine', 'export', file)).code).toBe(0);
  target.configure(maps('int(age)'));
  await target.load(input);
  expect(quarantined(target)).toHaveLength(2);
});
