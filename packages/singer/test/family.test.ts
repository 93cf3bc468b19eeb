import { describe, expect, it } from 'vitest';
import { Families, siblingsKey } from '../src/index.ts';

const childOf = (table: string, columns: object = { parent_id: 'id' }): object => ({
  'x-parent': { table, array: 'items', columns },
});

function families(schemas: Readonly<Record<string, object>>): Families {
  const declared = new Families();
  for (const [stream, schema] of Object.entries(schemas)) {
    declared.declare(stream, schema as Readonly<Record<string, unknown>>);
  }
  return declared;
}

describe('Families', () => {
  it('returns the parent, children, root and depth of a stream', () => {
    const known = families({ a: {}, b: childOf('a'), c: childOf('b'), d: childOf('a') });
    expect(known.parentOf('c')?.table).toBe('b');
    expect(known.childrenOf('a').map(({ stream }) => stream)).toEqual(['b', 'd']);
    expect([known.rootOf('c'), known.depthOf('c')]).toEqual(['a', 2]);
    expect([known.rootOf('a'), known.depthOf('a')]).toEqual(['a', 0]);
  });

  it('uses the latest schema of a stream', () => {
    const known = families({ b: childOf('a') });
    known.declare('b', {});
    expect(known.parentOf('b')).toBeUndefined();
  });

  it('stops at a cycle of parents', () => {
    const known = families({ a: childOf('b'), b: childOf('a') });
    expect(known.depthOf('a')).toBe(1);
  });
});

it('siblingsKey returns the same key only for a parent and its own children', () => {
  const parent = siblingsKey('items', { id: 7 }, ['id']);
  expect(siblingsKey('items', { parent_id: 7, n: 1 }, ['parent_id'])).toBe(parent);
  expect(siblingsKey('items', { parent_id: 8 }, ['parent_id'])).not.toBe(parent);
  expect(siblingsKey('others', { parent_id: 7 }, ['parent_id'])).not.toBe(parent);
});
