import { describe, expect, it } from 'vitest';
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
