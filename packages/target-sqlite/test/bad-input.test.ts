import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { integer, lines, nullableText, record, schema, TestTarget } from './target.ts';

const declared = schema('t', { id: integer, a: nullableText, n: { type: 'number' } }, ['id']);

describe('the input', () => {
  it.each<[string, (object | string)[], string]>([
    ['no JSON', ['{"canary'], 'line 2: the line is not valid JSON'],
    ['a list', ['["canary"]'], 'line 2: the line is not a JSON object'],
    ['no type', ['{"canary":1}'], 'line 2: the message has no "type"'],
    ['no stream', ['{"type":"RECORD","record":{}}'], 'line 2: the message has no "stream"'],
    ['no record', ['{"type":"RECORD","stream":"t"}'], 'line 2, stream "t": the RECORD message has'],
    ['a null record', ['{"type":"RECORD","stream":"t","record":null}'], 'has no "record" object'],
    ['no value', ['{"type":"STATE"}'], 'the STATE message has no "value"'],
    [
      'a RECORD before its SCHEMA',
      [record('u', { id: 1 })],
      'line 2, stream "u": the stream has no SCHEMA',
    ],
    [
      'a schema without properties',
      ['{"type":"SCHEMA","stream":"u","schema":{"type":"object"},"key_properties":[]}'],
      'line 2, stream "u": the schema has no "properties"',
    ],
    [
      'a schema that is nested too deeply',
      [
        `{"type":"SCHEMA","stream":"u","schema":{"properties":{"a":${'{"anyOf":['.repeat(6000)}{}${']}'.repeat(6000)}}}}`,
      ],
      'line 2, stream "u": the schema is nested too deeply',
    ],
    [
      'a key that is not a property',
      [schema('u', { id: integer }, ['canary'])],
      'line 2, stream "u": the schema does not declare the key property "canary"',
    ],
    [
      'a key that is missing',
      [record('t', { a: 'canary' })],
      'line 2, stream "t", column "id": the key is missing',
    ],
    [
      'a key that is null',
      [record('t', { id: null, a: 'canary' })],
      'line 2, stream "t", column "id": the key is null',
    ],
    [
      'a value of the wrong type',
      [record('t', { id: 1, n: 'canary' })],
      'line 2, stream "t", column "n": the value is a string, and the schema allows only number',
    ],
    [
      'a null that is not allowed',
      [record('t', { id: 1, n: null })],
      'column "n": the value is null, and the schema allows only number',
    ],
    [
      'a fraction in an integer',
      [record('t', { id: 1.5 })],
      'column "id": the value is a number, and the schema allows only integer',
    ],
    [
      'a required value that is missing',
      [
        schema('u', { id: integer, a: nullableText }, ['id'], { required: ['a'] }),
        record('u', { id: 1 }),
      ],
      'line 3, stream "u", column "a": the value is missing, and the schema requires it',
    ],
  ])(
    'fails the run with one sentence that reveals no values: %s',
    async (_name, messages, reason) => {
      const target = new TestTarget();
      const { code, stdout, stderr } = await target.run(lines(declared, ...messages));
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(reason);
      if (!reason.includes('canary')) expect(stderr).not.toContain('canary');
      expect(stderr.trim().split('\n')).toHaveLength(1);
    },
  );

  it('may have CRLF, a byte order mark, blank lines, any letter case and no final newline', async () => {
    const target = new TestTarget();
    const text = lines(declared, '', '   ', record('t', { id: 1, n: 2 }))
      .replaceAll('\n', '\r\n')
      .replace('RECORD', 'record');
    await target.load(`\uFEFF${text}{"type":"heartbeat"}\r\n{"type":"STATE","value":1}`);
    expect(target.rows('t')).toEqual([{ id: 1, a: null, n: 2 }]);
    expect((await target.run('', 'state')).stdout).toBe('1\n');
  });

  it('may be invalid, except for a missing key, if validate_records is off', async () => {
    const target = new TestTarget({ validate_records: false });
    await target.load(
      lines(
        declared,
        record('t', { id: 1, a: 5, n: null }),
        record('t', { id: 2, a: true, n: 'text' }),
        record('t', { id: 3, a: { b: 1 }, n: '5.0' }),
      ),
    );
    expect(target.rows('t')).toEqual([
      { id: 1, a: '5', n: null },
      { id: 2, a: 'true', n: 'text' },
      { id: 3, a: '{"b":1}', n: '5.0' },
    ]);
    expect((await target.run(lines(declared, record('t', { n: 1 })))).code).toBe(1);
  });
});

describe('an unreadable --input file fails the run if it', () => {
  it.each<[string, string, string]>([
    ['does not exist', 'none.singer', 'cannot be read: check the path'],
    ['is a folder', '.', 'is a folder: name a file'],
  ])('%s', async (_name, path, reason) => {
    const target = new TestTarget();
    const { code, stderr } = await target.run('', '--input', join(target.folder, path));
    expect(code).toBe(2);
    expect(stderr).toContain(reason);
    expect(target.exists).toBe(false);
  });
});

describe('an unusable database fails the run if it', () => {
  it.each<[string, (target: TestTarget) => string, string]>([
    [
      'is not a database file',
      ({ folder }) => {
        writeFileSync(join(folder, 'notes.txt'), 'canary '.repeat(1000));
        return join(folder, 'notes.txt');
      },
      'is not a SQLite database: name another file.',
    ],
    ['is a folder', ({ folder }) => folder, 'is a folder: name a file in it.'],
    [
      'is in a missing folder whose parent is missing',
      ({ folder }) => join(folder, 'a', 'b', 'c.sqlite'),
      'does not exist',
    ],
  ])('%s', async (_name, path, reason) => {
    const target = new TestTarget();
    const database = path(target);
    target.configure({ database });
    const { code, stdout, stderr } = await target.run(lines(declared));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(reason);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('canary');
  });
});

it('the folder of the database is created if its parent exists', async () => {
  const target = new TestTarget();
  mkdirSync(join(target.folder, 'a'));
  target.configure({ database: join(target.folder, 'a', 'b', 'data.sqlite') });
  await target.load(lines(declared));
});
