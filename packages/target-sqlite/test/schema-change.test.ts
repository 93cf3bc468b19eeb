import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { integer, lines, nullableText, record, schema, TestTarget, type Row } from './target.ts';

const nullable = (type: string, more: object = {}): object => ({ type: ['null', type], ...more });
const t = (v: object | undefined, key = ['id'], more: object = {}): object =>
  schema('t', { id: integer, ...(v && { v }) }, key, more);
const row = (id: number, v: unknown): object => record('t', { id, v });

/** Executes SQL on the database as a user would. */
function asUser(target: TestTarget, sql: string): void {
  const database = new DatabaseSync(target.database);
  database.exec(sql);
  database.close();
}

function declaredType(target: TestTarget, column: string): unknown {
  return target.query(`SELECT type FROM pragma_table_info('t') WHERE name = ?`, column)[0]?.[
    'type'
  ];
}

describe('a schema that changes', () => {
  it.each<[string, object, unknown, object, unknown, string, unknown[]]>([
    ['null to integer', { type: 'null' }, null, nullable('integer'), 5, 'INTEGER', [null, 5]],
    ['integer to number', nullable('integer'), 5, nullable('number'), 1.5, 'REAL', [5, 1.5]],
    [
      'number to integer: unchanged',
      nullable('number'),
      1.5,
      nullable('integer'),
      5,
      'REAL',
      [1.5, 5],
    ],
    ['integer to text', nullable('integer'), 5, nullable('string'), 'x', 'TEXT', ['5', 'x']],
    ['number to text', nullable('number'), 1e21, nullable('string'), 'x', 'TEXT', ['1e+21', 'x']],
    ['integral number to text', nullable('number'), 5, nullable('string'), 'x', 'TEXT', ['5', 'x']],
    ['boolean to text', nullable('boolean'), true, nullable('string'), 'x', 'TEXT', ['true', 'x']],
    ['boolean to integer', nullable('boolean'), true, nullable('integer'), 7, 'INTEGER', [1, 7]],
    [
      'text to integer: unchanged',
      nullable('string'),
      'x',
      nullable('integer'),
      5,
      'TEXT',
      ['x', '5'],
    ],
    [
      'date to text',
      nullable('string', { format: 'date' }),
      '2026-01-01',
      nullable('string'),
      'x',
      'TEXT',
      ['2026-01-01', 'x'],
    ],
    [
      'object to text',
      nullable('object'),
      { a: 1 },
      nullable('string'),
      'x',
      'TEXT',
      ['{"a":1}', 'x'],
    ],
    [
      'array to object',
      nullable('array'),
      [1],
      nullable('object'),
      { a: 1 },
      'TEXT',
      ['[1]', '{"a":1}'],
    ],
    ['text to untyped', nullable('string'), '5', {}, 5, '', ['5', 5]],
    [
      'text to null: unchanged',
      nullable('string'),
      'x',
      { type: 'null' },
      null,
      'TEXT',
      ['x', null],
    ],
  ])('migrates a column: %s', async (_name, first, one, second, other, type, expected) => {
    for (const together of [true, false]) {
      const target = new TestTarget({ add_record_metadata: false });
      const [before, after] = [lines(t(first), row(1, one)), lines(t(second), row(2, other))];
      if (together) await target.load(before + after);
      else for (const text of [before, after]) await target.load(text);
      expect(target.rows('t').map(({ v }) => v)).toEqual(expected);
      expect(declaredType(target, 'v')).toBe(type);
      expect(target.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    }
  });

  it('keeps the digits of integers that doubles cannot hold', async () => {
    const target = new TestTarget();
    const long = '{"type":"RECORD","stream":"t","record":{"id":1,"v":9007199254740993}}';
    await target.load(lines(t(nullable('integer')), long));
    await target.load(lines(t(nullable('number')), row(2, 0.5)));
    expect(target.rows('t').map(({ v }) => v)).toEqual([9007199254740993n, 0.5]);
  });

  it.each<[string, string[], string[], (Row | object)[], Row[]]>([
    [
      'from no columns',
      [],
      ['id'],
      [
        { id: 1, v: 'a' },
        { id: 1, v: 'b' },
        { id: 2, v: 'c' },
      ],
      [
        { id: 1, v: 'b' },
        { id: 2, v: 'new' },
      ],
    ],
    [
      'to no columns',
      ['id'],
      [],
      [
        { id: 1, v: 'a' },
        { id: 2, v: 'c' },
      ],
      [
        { id: 1, v: 'a' },
        { id: 2, v: 'c' },
        { id: 2, v: 'new' },
      ],
    ],
    [
      'to two columns',
      ['id'],
      ['id', 'v'],
      [
        { id: 1, v: 'a' },
        { id: 2, v: 'c' },
      ],
      [
        { id: 1, v: 'a' },
        { id: 2, v: 'c' },
        { id: 2, v: 'new' },
      ],
    ],
    [
      'to a different column',
      ['id'],
      ['v'],
      [
        { id: 1, v: 'a' },
        { id: 2, v: 'new' },
      ],
      [
        { id: 1, v: 'a' },
        { id: 2, v: 'new' },
      ],
    ],
  ])('changes its key %s without losing data', async (_name, from, to, before, expected) => {
    const target = new TestTarget();
    await target.load(lines(t({ type: 'string' }, from), ...before.map((one) => record('t', one))));
    const { code, stderr } = await target.run(lines(t({ type: 'string' }, to), row(2, 'new')));
    expect(code, stderr).toBe(0);
    expect(target.rows('t')).toEqual(expected);
    if (from.length === 0)
      expect(stderr).toContain('only the last row of each key is kept. Rows deleted: 1');
  });

  it("keeps the user's indexes, views, triggers and columns", async () => {
    const target = new TestTarget();
    await target.load(lines(t(nullable('integer')), row(1, 5)));
    asUser(
      target,
      `CREATE INDEX mine ON t (v); CREATE VIEW seen AS SELECT id, v FROM t;
       CREATE TABLE log (id); ALTER TABLE t ADD COLUMN note TEXT; UPDATE t SET note = 'mine';
       CREATE TRIGGER told AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.id); END;`,
    );
    await target.load(lines(t(nullable('string')), row(2, 'x'), row(1, 5)).replace('5}}', '"5"}}'));
    expect(target.query('SELECT v FROM seen ORDER BY id')).toEqual([{ v: '5' }, { v: 'x' }]);
    expect(target.query('SELECT id FROM log')).toEqual([{ id: 2 }]);
    expect(target.query('SELECT note FROM t WHERE id = 1')).toEqual([{ note: 'mine' }]);
    expect(target.query(`SELECT name FROM sqlite_schema WHERE name = 'mine'`)).toHaveLength(1);
  });

  it('is fast if it is repeated a thousand times unchanged', async () => {
    const target = new TestTarget();
    const same = Array.from({ length: 1000 }, (_, id) => [t(nullable('string')), row(id, 'x')]);
    await target.load(lines(...same.flat()));
    expect(target.rows('t')).toHaveLength(1000);
    expect(target.query('PRAGMA schema_version')[0]?.['schema_version']).toBeLessThan(20);
  });

  it('drops the rules of an earlier schema', async () => {
    const target = new TestTarget();
    await target.load(lines(t({ type: 'string' }, ['id'], { required: ['v'] }), row(1, 'x')));
    await target.load(lines(t(nullable('string')), row(2, null), record('t', { id: 3 })));
    expect(target.rows('t').map(({ v }) => v)).toEqual(['x', null, null]);
  });

  it('can use a table that another target created', async () => {
    const target = new TestTarget();
    asUser(
      target,
      `CREATE TABLE t (ID BIGINT NOT NULL, v DATETIME NOT NULL, old VARCHAR(10), PRIMARY KEY (ID));
       INSERT INTO t VALUES (1, '2025-01-01', 'kept');`,
    );
    await target.load(lines(t(nullable('string', { format: 'date-time' })), row(2, null)));
    expect(target.query('SELECT id, v, old FROM t ORDER BY id')).toEqual([
      { ID: 1, v: '2025-01-01', old: 'kept' },
      { ID: 2, v: null, old: null },
    ]);
  });
});

describe('schema_changes: freeze', () => {
  it.each<[string, object, string]>([
    [
      'a new column',
      schema('t', { id: integer, v: nullableText, w: { type: 'number' } }, ['id']),
      'new column "w" REAL',
    ],
    [
      'a different type',
      schema('t', { id: { type: 'string' }, v: nullableText }, ['id']),
      'column "id" from INTEGER to TEXT',
    ],
    [
      'a different key',
      schema('t', { id: integer, v: nullableText }, ['id', 'v']),
      'key from ("id") to ("id", "v")',
    ],
    ['no key', schema('t', { id: integer, v: nullableText }), 'key from ("id") to none'],
  ])('refuses %s and names the difference', async (_name, changed, difference) => {
    const target = new TestTarget({ schema_changes: 'freeze' });
    await target.load(lines(t(nullableText), row(1, 'x')));
    const before = target.query('SELECT sql FROM sqlite_schema');
    const { code, stderr } = await target.run(lines(changed, record('t', { id: 2 })));
    expect(code).toBe(1);
    expect(stderr).toContain(
      `line 1, stream "t": the schema would change the table "t" (${difference})`,
    );
    expect(target.query('SELECT sql FROM sqlite_schema')).toEqual(before);
  });

  it('accepts an unchanged schema, but refuses a value that the column would convert', async () => {
    const target = new TestTarget({ schema_changes: 'freeze' });
    const numbers = t(nullable('number'));
    await target.load(lines(numbers, row(1, 1.5)));
    await target.load(lines(t({ type: ['number', 'null'], title: 'other words' }), row(2, 2)));
    const { code, stderr } = await target.run(
      lines(numbers, '{"type":"RECORD","stream":"t","record":{"id":3,"v":1e400}}'),
    );
    expect(code).toBe(1);
    expect(stderr).toContain('column "v": its column would change the value');
  });
});

describe('many columns', () => {
  const wide = (count: number): object =>
    schema(
      'wide',
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`c${at}`, nullableText])),
    );

  it('are accepted up to a limit of 2,000', async () => {
    const target = new TestTarget({ add_record_metadata: false, hard_delete: true });
    const values = Object.fromEntries(
      Array.from({ length: 2000 }, (_, at) => [`c${at}`, `v${at}`]),
    );
    await target.load(lines(wide(2000), record('wide', values)));
    expect(target.rows('wide')).toEqual([values]);
    const { code, stderr } = await target.run(lines(wide(2001)));
    expect(code).toBe(1);
    expect(stderr).toContain('stream "wide": the table would have 2001 columns');
  });
});
