import { ended } from '@exact-spotter/testing';
import { describe, expect, it } from 'vitest';
import {
  integer,
  lines,
  nullableText,
  record,
  schema,
  state,
  stream,
  TestTarget,
} from './target.ts';

const declared = schema('t', { id: integer, v: nullableText }, ['id']);
const row = (id: number, v: string): object => record('t', { id, v });

describe('append-only', () => {
  it('inserts every record as a new row, but still requires the key', async () => {
    const target = new TestTarget({ load_method: 'append-only' });
    await target.load(lines(declared, row(1, 'a'), row(1, 'b')));
    await target.load(lines(declared, row(1, 'c')));
    expect(target.rows('t').map(({ v }) => v)).toEqual(['a', 'b', 'c']);
    expect((await target.run(lines(declared, record('t', { v: 'x' })))).code).toBe(1);
  });

  it('keeps the children of a repeated parent', async () => {
    const target = new TestTarget({ load_method: 'append-only' });
    await target.load(stream('family'));
    await target.load(stream('family'));
    expect(target.alive('sources__subSources')).toHaveLength(6);
  });

  it('can be changed to upsert and back without losing rows', async () => {
    const target = new TestTarget({ load_method: 'append-only' });
    await target.load(lines(declared, row(1, 'a'), row(1, 'b'), row(2, 'c')));
    target.configure({});
    await target.load(lines(declared, row(2, 'd')));
    expect(target.rows('t').map(({ v }) => v)).toEqual(['b', 'd']);
    target.configure({ load_method: 'append-only' });
    await target.load(lines(declared, row(2, 'e')));
    expect(target.rows('t').map(({ v }) => v)).toEqual(['b', 'd', 'e']);
  });
});

describe('overwrite', () => {
  it('keeps staged rows if another run fails in the meantime', async () => {
    const own = { load_method: 'overwrite', batch_size_rows: 1 };
    const target = new TestTarget({ ...own, state_id: 'one' });
    const child = target.start();
    const end = ended(child);
    child.stdin.write(lines(schema('t', { id: integer }, ['id']), record('t', { id: 1 })));
    await target.untilCommitted('_singer_staged_t');
    const other = new TestTarget();
    other.configure({ ...own, database: target.database, state_id: 'two' });
    const rows = lines(schema('u', { id: integer }, ['id']), record('u', { id: 1 }));
    expect((await other.run(`${rows}no message\n`)).code).toBe(1);
    child.stdin.end(lines(record('t', { id: 2 }), state({ a: 1 })));
    expect(await end).toMatchObject({ code: 0, stdout: '{"a":1}\n' });
    expect(target.rows('t')).toEqual([{ id: 1 }, { id: 2 }]);
    const left = "SELECT name FROM sqlite_schema WHERE name LIKE '%staged%'";
    expect(target.query(left)).toEqual([]);
  });

  const overwrite = { load_method: 'overwrite' };

  it('replaces the old rows and keeps the last row of each key', async () => {
    const target = new TestTarget(overwrite);
    await target.load(lines(declared, row(1, 'a'), row(2, 'b')));
    const printed = await target.load(
      lines(declared, row(3, 'c'), state({ a: 1 }), row(3, 'd'), row(4, 'e'), state({ a: 2 })),
    );
    expect(printed).toBe('{"a":2}\n');
    expect(target.rows('t').map(({ id, v }) => [id, v])).toEqual([
      [3, 'd'],
      [4, 'e'],
    ]);
    const left = target.query(`SELECT name FROM sqlite_schema WHERE name LIKE '%staged%'`);
    expect(left).toEqual([]);
  });

  it('recreates the table with the current columns and types', async () => {
    const target = new TestTarget(overwrite);
    await target.load(lines(declared, row(1, 'a')));
    await target.load(
      lines(
        schema('t', { id: integer, w: { type: 'number' } }, ['id']),
        record('t', { id: 1, w: 1.5 }),
      ),
    );
    expect(target.rows('t')).toEqual([{ id: 1, w: 1.5 }]);
    const noted = target.query(`SELECT "column", type FROM _singer_columns WHERE "table" = 't'`);
    expect(noted).toEqual([
      { column: 'id', type: 'integer' },
      { column: 'w', type: 'number' },
    ]);
  });

  it('empties the table of a stream without records', async () => {
    const target = new TestTarget(overwrite);
    await target.load(lines(declared, row(1, 'a')));
    await target.load(lines(declared));
    expect(target.rows('t')).toEqual([]);
  });

  it('keeps unrelated tables, and the indexes and triggers of replaced tables', async () => {
    const target = new TestTarget(overwrite);
    await target.load(
      lines(declared, row(1, 'a'), schema('u', { id: integer }, ['id']), record('u', { id: 9 })),
    );
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(target.database);
    database.exec('CREATE INDEX mine ON t (v); CREATE VIEW seen AS SELECT v FROM t');
    database.close();
    await target.load(lines(declared, row(2, 'b')));
    expect(target.rows('u')).toEqual([{ id: 9 }]);
    expect(target.query('SELECT v FROM seen')).toEqual([{ v: 'b' }]);
    expect(target.query(`SELECT tbl_name FROM sqlite_schema WHERE name = 'mine'`)).toEqual([
      { tbl_name: 't' },
    ]);
  });

  it.each<[string, object]>([
    ['without commits', {}],
    ['after commits', { batch_size_rows: 1 }],
  ])('keeps the old rows and state if the run fails %s', async (_name, settings) => {
    const target = new TestTarget({ ...overwrite, ...settings });
    await target.load(lines(declared, row(1, 'a'), state({ a: 1 })));
    const { code, stdout } = await target.run(
      lines(declared, row(2, 'b'), row(3, 'c'), state({ a: 2 }), 'no message'),
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(target.rows('t')).toEqual([{ id: 1, v: 'a' }]);
    expect((await target.run('', 'state')).stdout).toBe('{"a":1}\n');
    expect(target.query(`SELECT name FROM sqlite_schema WHERE name LIKE '%staged%'`)).toEqual([]);
  });

  it('keeps the old rows and state on SIGTERM', async () => {
    const target = new TestTarget({ ...overwrite, batch_size_rows: 1 });
    await target.load(lines(declared, row(1, 'a'), state({ a: 1 })));
    const child = target.start();
    const end = ended(child);
    child.stdin.write(lines(declared, row(2, 'b'), row(3, 'c'), state({ a: 2 })));
    await target.untilCommitted('_singer_staged_t');
    child.kill('SIGTERM');
    expect(await end).toMatchObject({ code: 143, stdout: '' });
    expect(target.rows('t')).toEqual([{ id: 1, v: 'a' }]);
  });

  it('replaces children together with their parents', async () => {
    const target = new TestTarget(overwrite);
    await target.load(stream('family'));
    await target.load(
      stream('family') +
        lines(
          record('sources', { id: 1, value: 'web' }, { version: 1 }),
          record('sources__subSources', { source_id: 1, id: 12, value: 'x' }, { version: 1 }),
        ),
    );
    expect(target.alive('sources__subSources').map(({ id }) => id)).toEqual([12, 20]);
    expect(target.alive('subSources__tags')).toEqual([]);
  });
});

describe('a commit between two STATEs', () => {
  it('happens when a limit is exceeded, unless rows without a key are pending', async () => {
    const keyless = schema('k', { id: integer });
    for (const [first, name, expected] of [
      [declared, 't', [{ id: 1 }, { id: 2 }]],
      [keyless, 'k', []],
    ] as const) {
      const target = new TestTarget({ batch_size_rows: 2 });
      const { code } = await target.run(
        lines(
          first,
          record(name, { id: 1 }),
          record(name, { id: 2 }),
          record(name, { id: 3 }),
          'no message',
        ),
      );
      expect(code).toBe(1);
      const exists = target.query('SELECT name FROM sqlite_schema WHERE name = ?', name).length > 0;
      expect(exists ? target.rows(name).map(({ id }) => ({ id })) : []).toEqual(expected);
    }
  });

  it('does not duplicate rows without a key when a run resumes from the stored state', async () => {
    const target = new TestTarget({ batch_size_rows: 2 });
    const rows = (from: number, to: number): string =>
      Array.from({ length: to - from }, (_, at) =>
        lines(
          record('k', { id: from + at }),
          (from + at) % 5 === 0 ? state({ at: from + at }) : '',
        ),
      ).join('');
    const keyless = lines(schema('k', { id: integer }));
    await target.run(`${keyless}${rows(1, 14)}no message`);
    const { stdout } = await target.run('', 'state');
    const { at } = JSON.parse(stdout) as { at: number };
    await target.load(keyless + rows(at + 1, 21));
    expect(
      target
        .rows('k')
        .map(({ id }) => Number(id))
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });
});
