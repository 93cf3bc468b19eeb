import { describe, expect, it } from 'vitest';
import { readStreamSchema } from '../src/record/stream-schema.ts';
import { NameSet } from '../src/database/names.ts';
import { integer, lines, record, schema, TestTarget } from './target.ts';

describe('a schema with rules beyond types', () => {
  it.each<[string, object, unknown, unknown, string]>([
    ['an enum', { enum: ['a', 'b', null] }, 'a', 'canary', 'must be one of a, b'],
    ['a pattern', { type: 'string', pattern: '^a' }, 'ab', 'canary', 'must match pattern'],
    ['a bound', { type: 'number', maximum: 5 }, 5, 5.5, 'must be <= 5'],
    [
      'a draft 4 bound',
      { type: 'number', maximum: 5, exclusiveMaximum: true },
      4,
      5,
      'must be < 5',
    ],
    [
      'nested property types',
      { type: 'object', properties: { x: { type: 'integer' } } },
      { x: 1 },
      { x: 'canary' },
      '"x" in the value must be integer',
    ],
    [
      'item types',
      { type: 'array', items: { type: 'string' } },
      ['a'],
      [1],
      '"0" in the value must be string',
    ],
    [
      'required nested properties',
      { type: 'object', properties: { x: {} }, required: ['x'] },
      { x: 1 },
      {},
      'the value must have required property',
    ],
    [
      'a length',
      { type: 'string', maxLength: 3 },
      'abc',
      'canary',
      'must NOT have more than 3 characters',
    ],
  ])('enforces %s', async (_name, property, good, bad, reason) => {
    const declared = schema('t', { id: integer, v: property }, ['id']);
    const target = new TestTarget();
    await target.load(lines(declared, record('t', { id: 1, v: good })));
    const { code, stderr } = await target.run(lines(declared, record('t', { id: 2, v: bad })));
    expect(code).toBe(1);
    expect(stderr).toContain(`line 2, stream "t", column "v": `);
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain('canary');
    target.configure({ validate_records: false });
    await target.load(lines(declared, record('t', { id: 2, v: bad })));
    expect(target.rows('t')).toHaveLength(2);
  });

  it.each<[string, object, string]>([
    [
      'a long number within bounds',
      { type: 'number', minimum: 0, maximum: 1e40 },
      '12345678901234567890.123',
    ],
    ['multipleOf, which is not checked', { type: 'number', multipleOf: 0.01, minimum: 0 }, '1.1'],
    ['an invalid $ref', { $ref: '#/definitions/100%', minLength: 1 }, '"b"'],
    ['a pattern in another regex dialect', { type: 'string', pattern: '(?P<x>a)' }, '"b"'],
    [
      'a format, which is not checked',
      { type: 'string', format: 'date-time', minLength: 1 },
      '"yesterday"',
    ],
    ['types that JSON Schema does not have', { type: ['string', 'money'], minLength: 1 }, '"5"'],
    ['a local $ref', { $ref: '#/definitions/x' }, '"5"'],
  ])('accepts %s', async (_name, property, literal) => {
    const declared = schema('t', { id: integer, v: property }, ['id'], {
      $schema: 'http://json-schema.org/draft-04/schema#',
      id: 'http://example.com/t',
      definitions: { x: { type: 'string', minLength: 1 } },
    });
    const target = new TestTarget();
    await target.load(
      lines(declared, `{"type":"RECORD","stream":"t","record":{"id":1,"v":${literal}}}`),
    );
    expect(target.rows('t')).toHaveLength(1);
  });
});

describe('a schema that another tap wrote', () => {
  it.each<[string, object, unknown, string]>([
    [
      'a pattern that can backtrack',
      { type: 'string', pattern: '^(a+)+$' },
      `${'a'.repeat(50_000)}!`,
      'must match pattern',
    ],
    [
      'a pattern for property names that can backtrack',
      { type: 'object', patternProperties: { '^(a|a)*$': { type: 'integer' } }, maxProperties: 0 },
      { [`${'a'.repeat(50_000)}!`]: 'x' },
      'must NOT have more than 0 properties',
    ],
    [
      'uniqueItems for objects',
      { type: 'array', uniqueItems: true },
      [...Array.from({ length: 100_000 }, (_item, at) => ({ at, x: 1 })), { x: 1, at: 5 }],
      'must NOT have duplicate items',
    ],
  ])('with %s is checked in linear time', async (_name, property, value, reason) => {
    const declared = schema('t', { id: integer, v: property }, ['id']);
    const { code, stderr } = await new TestTarget().run(
      lines(declared, record('t', { id: 1, v: value })),
    );
    expect(code).toBe(1);
    expect(stderr).toContain(reason);
  });

  it('may have a pattern that cannot be checked in linear time, which is ignored with a warning', async () => {
    const property = { type: 'string', pattern: '^(?!a)', maxLength: 5 };
    const declared = schema('t', { id: integer, v: property }, ['id']);
    const target = new TestTarget();
    const { code, stderr } = await target.run(lines(declared, record('t', { id: 1, v: 'ab' })));
    expect(code).toBe(0);
    expect(stderr).toContain('The pattern "^(?!a)" in the schema is not checked');
    const long = await target.run(lines(declared, record('t', { id: 2, v: 'abcdef' })));
    expect(long.stderr).toContain('must NOT have more than 5 characters');
  });

  it('with many properties is read in linear time', () => {
    const names = Array.from({ length: 200_000 }, (_item, at) => `column_${at}`);
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'integer' }]));
    const read = readStreamSchema(
      {
        type: 'SCHEMA',
        stream: 't',
        schema: { properties, required: names },
        key_properties: names,
      },
      1,
    );
    expect(read.properties.every(({ required }) => required)).toBe(true);
  });
});

it('names that differ only in letter case are numbered in linear time', () => {
  const names = new NameSet();
  const claimed = Array.from({ length: 100_000 }, () => names.claim('Name'));
  expect(claimed.slice(0, 3)).toEqual(['Name', 'Name_2', 'Name_3']);
  expect(claimed.at(-1)).toBe('Name_100000');
});
