import { describe, expect, it } from 'vitest';
import {
  childrenOf,
  isSelectedByDefault,
  relationships,
  tableNames,
  tables,
} from '../src/index.ts';
import { documented } from './documented-tables.ts';

/** Every join in the reference list. */
const joins = documented.flatMap(({ stream, columns }) =>
  columns.flatMap(({ name, references, to_parent: toParent = false }) =>
    references === undefined
      ? []
      : [
          {
            from: `${stream}.${name}`,
            to: references,
            kind: toParent ? ('parent' as const) : ('reference' as const),
          },
        ],
  ),
);

describe('relationships', () => {
  it.each(joins)('contain $from -> $to as a $kind', ({ from, to, kind }) => {
    const found = relationships.some(
      (relationship) =>
        relationship.kind === kind &&
        Object.entries(relationship.columns).some(
          ([own, other]) =>
            `${relationship.table}.${own}` === from && `${relationship.to}.${other}` === to,
        ),
    );
    expect(found).toBe(true);
  });

  it.each(relationships)('$table -> $to ($kind) joins existing columns of one type', (joined) => {
    for (const [own, other] of Object.entries(joined.columns)) {
      const [from, to] = [columnOf(joined.table, own), columnOf(joined.to, other)];
      expect(from, `${joined.table}.${own}`).toBeDefined();
      expect(to, `${joined.to}.${other}`).toBeDefined();
      expect([from?.type].flat()[0]).toBe([to?.type].flat()[0]);
    }
  });

  it('map the columns of a child table to the complete key of its parent', () => {
    for (const { table, to, columns } of relationships.filter(({ kind }) => kind === 'parent')) {
      expect(Object.values(columns), table).toEqual(tables[to]['x-key']);
    }
  });

  it.each(relationships)(
    'from $table to $to need no table that is not selected by default',
    (joined) => {
      expect(!isSelectedByDefault(joined.table) || isSelectedByDefault(joined.to)).toBe(true);
    },
  );

  it('lead from every funnel ID column to the funnels', () => {
    const funnelColumns = tableNames.flatMap((table) =>
      Object.keys(tables[table].properties)
        .filter((column) => column.endsWith('funnel_id'))
        .map((column) => ({
          kind: 'reference',
          table,
          to: 'funnels',
          columns: { [column]: 'id' },
        })),
    );
    expect(funnelColumns).toHaveLength(8);
    expect(relationships).toEqual(expect.arrayContaining(funnelColumns));
  });

  it('include the children of a table', () => {
    expect(childrenOf('qualifications')).toEqual(['qualifications__questionAnswers']);
    expect(childrenOf('leads')).toEqual([]);
  });
});

function columnOf(table: keyof typeof tables, name: string): { type: unknown } | undefined {
  const properties: Readonly<Record<string, { type: unknown }>> = tables[table].properties;
  return properties[name];
}

describe('the loading order', () => {
  it('contains every table once', () => {
    expect([...tableNames].sort()).toEqual(Object.keys(tables).sort());
  });

  it.each(relationships)('places $to before $table', ({ table, to }) => {
    expect(tableNames.indexOf(to)).toBeLessThan(tableNames.indexOf(table));
  });

  it('places child tables directly after their parent', () => {
    for (const name of tableNames) {
      const children = childrenOf(name);
      const next = tableNames.indexOf(name) + 1;
      expect(tableNames.slice(next, next + children.length)).toEqual(children);
    }
  });
});
