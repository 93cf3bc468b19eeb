import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { integer, lines, nullableText, record, schema, TestTarget, type Row } from './target.ts';

/** Creates a target whose database has tables that were created by hand. */
function targetWith(sql: string, settings: object = {}): TestTarget {
  const target = new TestTarget(settings);
  const database = new DatabaseSync(target.database);
  database.exec(sql);
  database.close();
  return target;
}

const id = { id: integer };
const idAndText = { ...id, v: nullableText };

describe('a table that was created by hand', () => {
  it.each<[string, string, object, object, Row[]]>([
    [
      'may have a NOT NULL column that the stream lacks, which becomes nullable',
      "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT NOT NULL); INSERT INTO t VALUES (1, 'a')",
      id,
      { id: 2 },
      [
        { id: 1, x: 'a' },
        { id: 2, x: null },
      ],
    ],
    [
      'may have a NOT NULL column with a default, which is kept',
      "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT NOT NULL DEFAULT 'd', v INTEGER)",
      idAndText,
      { id: 2, v: 'b' },
      [{ id: 2, x: 'd', v: 'b' }],
    ],
    [
      'keeps defaults that are words, strings or expressions',
      `CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER, a DEFAULT abc, b DEFAULT "d""e",
       c DEFAULT 'f', d DEFAULT -1, e DEFAULT (1 + 1), f DEFAULT NULL)`,
      idAndText,
      { id: 2, v: 'b' },
      [{ id: 2, v: 'b', a: 'abc', b: 'd"e', c: 'f', d: -1, e: 2, f: null }],
    ],
    [
      'may have strings and fractions in an integer key',
      "CREATE TABLE t (id INTEGER, x TEXT); INSERT INTO t VALUES ('abc', 'a'), (1.5, 'b')",
      id,
      { id: 2 },
      [
        { id: 'abc', x: 'a' },
        { id: 1.5, x: 'b' },
        { id: 2, x: null },
      ],
    ],
    [
      'may be STRICT',
      'CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT',
      { ...id, flag: { type: 'boolean' }, any: {} },
      { id: 1, flag: true, any: 2 },
      [{ id: 1, flag: 1, any: 2 }],
    ],
    [
      'may have metadata columns in upper case',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, _SDC_DELETED_AT TEXT)',
      id,
      { id: 1 },
      [{ id: 1, _SDC_DELETED_AT: null }],
    ],
    [
      'may have a generated column with the name of a property',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, w TEXT AS (v || v))',
      { ...idAndText, w: nullableText },
      { id: 1, v: 'a', w: 'b' },
      [{ id: 1, v: 'a', w: 'aa', w_2: 'b' }],
    ],
  ])('%s', async (_name, sql, properties, values, rows) => {
    const target = targetWith(sql);
    await target.load(lines(schema('t', properties, ['id']), record('t', values)));
    expect(target.rows('t')).toHaveLength(rows.length);
    expect(target.rows('t')).toEqual(expect.arrayContaining(rows));
  });

  it('may have an upper-case deletion mark, which a row loses when it is sent again', async () => {
    const target = targetWith(
      `CREATE TABLE t (id INTEGER PRIMARY KEY, _SDC_DELETED_AT TEXT);
       INSERT INTO t VALUES (1, '2026-01-01')`,
      { add_record_metadata: false, hard_delete: true },
    );
    await target.load(lines(schema('t', id, ['id']), record('t', { id: 1 })));
    expect(target.rows('t')).toEqual([{ id: 1, _SDC_DELETED_AT: null }]);
  });

  it('is refused if a rebuild would lose a generated column', async () => {
    const target = targetWith(
      'CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER, w INTEGER AS (v * 2)); INSERT INTO t (id, v) VALUES (1, 5)',
    );
    const { code, stderr } = await target.run(
      lines(schema('t', idAndText, ['id']), record('t', { id: 2, v: 'a' })),
    );
    expect(code).toBe(1);
    expect(stderr).toContain('would lose its generated column "w"');
    expect(target.rows('t')).toEqual([{ id: 1, v: 5, w: 10 }]);
  });

  it.each([
    ['v TEXT UNIQUE', 'UNIQUE constraint failed: t.v'],
    ['v TEXT CHECK (length(v) < 2)', 'CHECK constraint failed: length(v) < 2'],
  ])(
    'keeps its constraints, so a row that violates one fails the run: %s',
    async (column, constraint) => {
      const target = targetWith(`CREATE TABLE t (id INTEGER PRIMARY KEY, ${column})`);
      const values = [1, 2].map((at) => record('t', { id: at, v: 'canary' }));
      const { code, stderr } = await target.run(lines(schema('t', idAndText, ['id']), ...values));
      expect(code).toBe(1);
      expect(stderr).toContain(`(${constraint}): drop the constraint`);
      expect(stderr).not.toContain('canary');
    },
  );
});
