import { describe, expect, it } from 'vitest';
import { childrenOf, relationships, tableNames, tables } from '../src/index.ts';

describe('relationships', () => {
  it('are 23 references and 5 parents', () => {
    const kinds = relationships.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'reference')).toHaveLength(23);
    expect(kinds.filter((kind) => kind === 'parent')).toHaveLength(5);
  });

  it.each(relationships)('$kind $table -> $to joins columns that exist, of one type', (joined) => {
    for (const [own, other] of Object.entries(joined.columns)) {
      const [from, to] = [columnOf(joined.table, own), columnOf(joined.to, other)];
      expect(from, `${joined.table}.${own}`).toBeDefined();
      expect(to, `${joined.to}.${other}`).toBeDefined();
      expect([from?.type].flat()[0]).toBe([to?.type].flat()[0]);
    }
  });

  it('gives a child table the columns of its parent’s whole key', () => {
    for (const { table, to, columns } of relationships.filter(({ kind }) => kind === 'parent')) {
      expect(Object.values(columns), table).toEqual(tables[to]['x-key']);
    }
  });

  it('names the children of a table', () => {
    expect(childrenOf('qualifications')).toEqual(['qualifications__questionAnswers']);
    expect(childrenOf('leads')).toEqual([]);
  });
});

function columnOf(table: keyof typeof tables, name: string): { type: unknown } | undefined {
  const properties: Readonly<Record<string, { type: unknown }>> = tables[table].properties;
  return properties[name];
}

describe('the order of loading', () => {
  it('has every table once', () => {
    expect([...tableNames].sort()).toEqual(Object.keys(tables).sort());
  });

  it.each(relationships)('places $to before $table', ({ table, to }) => {
    expect(tableNames.indexOf(to)).toBeLessThan(tableNames.indexOf(table));
  });

  it('places child tables right after their parent', () => {
    for (const name of tableNames) {
      const children = childrenOf(name);
      const next = tableNames.indexOf(name) + 1;
      expect(tableNames.slice(next, next + children.length)).toEqual(children);
    }
  });
});
