import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integer, lines, nullableText, record, schema, TestTarget } from './target.ts';

const hostile = [
  '"',
  "'",
  ';',
  '`',
  ']',
  '[',
  '\n',
  '\t',
  '😀',
  'x'.repeat(1000),
  'select',
  'table',
  '--',
  '../x',
  'a b',
  ' lead',
  'trail ',
  '%',
  '?',
  ':x',
  '@x',
  '$x',
  '\\',
  '/*',
  '*/',
  'rowid',
  '_rowid_',
  'oid',
  '"; DROP TABLE t; --',
  'ção',
  '漢字',
  '.',
  'a.b',
  '1',
  '-1',
  'NULL',
  'index',
  'main',
  'temp',
  'file:x?mode=memory',
  ':memory:',
  'constructor',
  '__proto__',
  'toString',
  '\u2028',
  '\u0001',
  'e\u0301',
  '{}',
  '()',
  '#',
];

describe('names', () => {
  it('of all streams and columns are kept', async () => {
    const target = new TestTarget();
    const messages = hostile.flatMap((name) => [
      `{"type":"SCHEMA","stream":${JSON.stringify(name)},"key_properties":[${JSON.stringify(name)}],"schema":{"properties":{${JSON.stringify(name)}:{"type":"integer"}}}}`,
      `{"type":"RECORD","stream":${JSON.stringify(name)},"record":{${JSON.stringify(name)}:1}}`,
    ]);
    await target.load(lines(...messages, ...messages));
    const tables = target.query(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_singer\\_%' ESCAPE '\\'`,
    );
    expect(tables.map(({ name }) => name).sort()).toEqual([...hostile].sort());
    for (const name of hostile) {
      const quoted = `"${name.replaceAll('"', '""')}"`;
      expect(target.query(`SELECT ${quoted} AS v FROM ${quoted}`), name).toEqual([{ v: 1 }]);
      const [column] = target.query('SELECT name FROM pragma_table_info(?)', name);
      expect(column).toEqual({ name });
    }
  });

  it.each<[string, string[], string[]]>([
    ['that differ in letter case', ['Id', 'id', 'ID'], ['Id', 'id_2', 'ID_3']],
    ['that differ in the case of non-ASCII letters', ['Ção', 'ção', 'Çao'], ['Ção', 'ção', 'Çao']],
    ['that are empty', ['', '_'], ['_', '__2']],
    ['with NUL', ['a\0b', 'a_b'], ['a_b', 'a_b_2']],
    ['of metadata columns', ['_SDC_Deleted_At', 'a'], ['_SDC_Deleted_At_2', 'a']],
    ['that end in a number', ['a', 'A_2', 'A'], ['a', 'A_2', 'A_3']],
  ])('of clashing columns receive numbers: names %s', async (_name, properties, columns) => {
    const target = new TestTarget();
    const declared = (names: readonly string[]): object =>
      schema(
        't',
        { key: integer, ...Object.fromEntries(names.map((name) => [name, nullableText])) },
        ['key'],
      );
    const values = Object.fromEntries(properties.map((name) => [name, `of ${name}`]));
    await target.load(lines(declared(properties), record('t', { key: 1, ...values })));
    // A later run with a different order uses the same columns.
    await target.load(
      lines(declared([...properties].reverse()), record('t', { key: 2, ...values })),
    );
    const expected = Object.fromEntries(
      columns.map((column, at) => [column, `of ${String(properties[at])}`]),
    );
    expect(target.rows('t')).toEqual([
      { key: 1, ...expected },
      { key: 2, ...expected },
    ]);
    const map = target.query(`SELECT property, "column" FROM _singer_columns WHERE stream = 't'`);
    expect(map).toEqual(
      expect.arrayContaining(columns.map((column, at) => ({ property: properties[at], column }))),
    );
  });

  it.each<[string, string[], string[]]>([
    ['that differ in letter case', ['Leads', 'leads', 'LEADS'], ['Leads', 'leads_2', 'LEADS_3']],
    ['reserved by SQLite', ['sqlite_x', 'SQLite_y'], ['_sqlite_x', '_SQLite_y']],
    [
      'reserved for the bookkeeping tables',
      ['_singer_state', '_singer_x'],
      ['__singer_state', '__singer_x'],
    ],
    ['that are empty', ['', '_'], ['_', '__2']],
  ])('of clashing tables receive numbers or prefixes: names %s', async (_name, streams, tables) => {
    const target = new TestTarget();
    const load = (names: readonly string[], id: number): string =>
      lines(
        ...names.flatMap((name) => [schema(name, { id: integer }, ['id']), record(name, { id })]),
      );
    await target.load(load(streams, 1));
    await target.load(load([...streams].reverse(), 2));
    for (const table of tables) expect(target.rows(table), table).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it('that differ only in an unpaired surrogate have separate columns and tables in every run', async () => {
    const target = new TestTarget();
    const input = (id: number): string =>
      ['\\ud800', '\\udbff']
        .map(
          (
            half,
          ) => `{"type":"SCHEMA","stream":"s${half}","key_properties":["id"],"schema":{"properties":{"id":{"type":"integer"},"\\ud800":{"type":"string"},"\\udbff":{"type":"string"}}}}
{"type":"RECORD","stream":"s${half}","record":{"id":${id},"\\ud800":"a${half.slice(2)}","\\udbff":"b"}}
`,
        )
        .join('');
    await target.load(input(1));
    await target.load(input(2));
    const rows = (text: string): object[] =>
      [1, 2].map((id) => ({ id, '\ufffd': text, '\ufffd_2': 'b' }));
    expect(target.rows('s\ufffd')).toEqual(rows('ad800'));
    expect(target.rows('s\ufffd_2')).toEqual(rows('adbff'));
  });

  it('with different prefixes do not clash', async () => {
    const target = new TestTarget({ table_prefix: 'a_' });
    await target.load(lines(schema('t', { id: integer }, ['id']), record('t', { id: 1 })));
    target.configure({ table_prefix: 'b_' });
    await target.load(lines(schema('t', { id: integer }, ['id']), record('t', { id: 2 })));
    expect(target.rows('a_t')).toEqual([{ id: 1 }]);
    expect(target.rows('b_t')).toEqual([{ id: 2 }]);
  });

  it('do not replace a view', async () => {
    const target = new TestTarget();
    await target.load(lines(schema('base', { id: integer }, ['id'])));
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(target.database);
    database.exec('CREATE VIEW leads AS SELECT 1 AS x');
    database.close();
    await target.load(lines(schema('leads', { id: integer }, ['id']), record('leads', { id: 1 })));
    expect(target.rows('leads_2')).toEqual([{ id: 1 }]);
    expect(target.query('SELECT * FROM leads')).toEqual([{ x: 1 }]);
  });

  it('always map each property to its own column', async () => {
    const target = new TestTarget();
    const sets = fc.sample(
      fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 3 }), { maxLength: 12 }),
      {
        numRuns: 60,
        seed: 7,
      },
    );
    const spelled = sets.map((names, at) => {
      const properties = names.map((name) => `${JSON.stringify(name)}:{"type":["null","string"]}`);
      const values = names.map((name, index) => `${JSON.stringify(name)}:"${at}-${index}"`);
      return lines(
        `{"type":"SCHEMA","stream":"s${at}","schema":{"properties":{"key":{"type":"integer"}${['', ...properties].join(',')}}}}`,
        `{"type":"RECORD","stream":"s${at}","record":{"key":1${['', ...values].join(',')}}}`,
      );
    });
    await target.load(spelled.join(''));
    for (const [at, names] of sets.entries()) {
      const [row = {}] = target.rows(`s${at}`);
      const texts = Object.values(row).filter((value) => typeof value === 'string');
      expect(texts.sort()).toEqual(names.map((_name, index) => `${at}-${index}`).sort());
    }
  });
});
