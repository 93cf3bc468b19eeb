import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readCovered,
  readKey,
  readParent,
  readReferences,
  readReplication,
} from '../src/schemas/x-keywords.ts';

describe('readKey, readParent, readReferences and readReplication', () => {
  it('return what a schema declares', () => {
    const parent = { table: 'sales', array: 'products', columns: { sales_id: 'id' } };
    const products = {
      'x-key': ['sales_id', 'position'],
      'x-parent': parent,
      'x-replication': { method: 'incremental' },
    };
    expect(readKey(products)).toEqual(['sales_id', 'position']);
    expect(readParent(products)).toEqual(parent);
    expect(readReplication(products)).toEqual({ method: 'incremental' });
    const boxes = {
      'x-replication': { method: 'window', key: 'start' },
      'x-references': { leadid: 'leads.id' },
    };
    expect(readReplication(boxes)).toEqual({ method: 'window', key: 'start' });
    expect([...readReferences(boxes)]).toEqual([['leadid', { table: 'leads', column: 'id' }]]);
  });
});

describe('readCovered', () => {
  it('returns the range that a window covers', () => {
    const covered = { column: 'start', from: '2026-01-01T00:00:00Z', to: '2027', version: 7 };
    expect(readCovered({ 'x-covered': covered })).toEqual(covered);
  });
});

describe('the readers of x- keywords in the schema of any tap', () => {
  const strange: readonly (readonly [string, unknown, unknown])[] = [
    ['a key with a null', readKey({ 'x-key': ['id', null] }), []],
    ['a key that is a string', readKey({ 'x-key': 'id' }), []],
    [
      'a stream with dots in its name',
      readReferences({ 'x-references': { a: 'crm.users.id' } }).get('a'),
      { table: 'crm.users', column: 'id' },
    ],
    ['a reference without a column', readReferences({ 'x-references': { a: 'users' } }).size, 0],
    [
      'a reference to a table without a name',
      readReferences({ 'x-references': { a: '.id' } }).size,
      0,
    ],
    [
      'valid and malformed references',
      readReferences({ 'x-references': { a: 3, b: 't.c' } }).size,
      1,
    ],
    ['a list of references', readReferences({ 'x-references': ['t.c'] }).size, 0],
    [
      'a parent with a null among its columns',
      readParent({ 'x-parent': { table: 't', array: 'a', columns: { a: 'b', c: null } } }),
      undefined,
    ],
    [
      'a parent without columns',
      readParent({ 'x-parent': { table: 't', array: 'a', columns: {} } }),
      undefined,
    ],
    [
      'a parent without a table',
      readParent({ 'x-parent': { array: 'a', columns: { a: 'b' } } }),
      undefined,
    ],
    ['an unknown method', readReplication({ 'x-replication': { method: 'LOG' } }), undefined],
    [
      'a replication key that is not a string',
      readReplication({ 'x-replication': { method: 'full', key: 1 } }),
      { method: 'full' },
    ],
    [
      'a range without an end',
      readCovered({ 'x-covered': { column: 'c', from: 'a', version: 1 } }),
      undefined,
    ],
    [
      'a version that is a string',
      readCovered({ 'x-covered': { column: 'c', from: 'a', to: 'b', version: '1' } }),
      undefined,
    ],
  ];
  it.each(strange)('handle %s', (_what, read, expected) => {
    expect(read).toEqual(expected);
  });

  it('keep a column named __proto__', () => {
    const schema = JSON.parse('{"x-references": {"__proto__": "t.c"}}') as Record<string, unknown>;
    expect(readReferences(schema).get('__proto__')).toEqual({ table: 't', column: 'c' });
  });

  it('never throw, and always return the types they declare', () => {
    const words = ['x-key', 'x-references', 'x-parent', 'x-replication', 'x-covered'];
    const inner = ['table', 'array', 'columns', 'method', 'key', 'column', 'from', 'to', 'version'];
    const value = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom(...inner), fc.oneof(fc.jsonValue(), fc.constant('full'))),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...words), value), (schema) => {
        for (const column of readKey(schema)) expect(column).toBeTypeOf('string');
        for (const { table, column } of readReferences(schema).values()) {
          expect([typeof table, typeof column]).toEqual(['string', 'string']);
        }
        const columns = Object.values(readParent(schema)?.columns ?? { one: 'a' });
        expect(columns.every((column) => typeof column === 'string')).toBe(true);
        expect(columns).not.toHaveLength(0);
        expect(['full', 'incremental', 'window', undefined]).toContain(
          readReplication(schema)?.method,
        );
        expect(Number.isSafeInteger(readCovered(schema)?.version ?? 0)).toBe(true);
      }),
    );
  });
});
