import { describe, expect, it } from 'vitest';
import { isTableName, tableNames, tables, type TableSchema, type Text } from '../src/index.ts';
import { documented } from './documented-tables.ts';

interface Described extends Text {
  readonly 'x-pt': Text;
  readonly format?: string;
}

interface Subject {
  /** `table` or `table.column` */
  readonly path: string;
  readonly name: string;
  readonly schema: Described;
}

const subjects: readonly Subject[] = tableNames.flatMap((table) => {
  const schema: TableSchema = tables[table];
  return [
    { path: table, name: table, schema },
    ...Object.entries(schema.properties).map(([name, column]) => ({
      path: `${table}.${name}`,
      name,
      schema: column,
    })),
  ];
});

describe('descriptions', () => {
  it.each(documented)('exist in both languages for $stream and its documented columns', (table) => {
    const schema: TableSchema | undefined = isTableName(table.stream)
      ? tables[table.stream]
      : undefined;
    expectBothLanguages(schema);
    for (const { name } of table.columns) expectBothLanguages(schema?.properties[name]);
  });

  it.each(subjects)('say more than the name of $path, in both languages', ({ name, schema }) => {
    const portuguese = schema['x-pt'];
    expect(portuguese.description).not.toBe(schema.description);
    for (const { title, description } of [schema, portuguese]) {
      expect(normalized(description)).not.toBe(normalized(name));
      expect(normalized(description)).not.toBe(normalized(title));
      expect(description.split(' ').length).toBeGreaterThan(3);
    }
  });

  it.each(subjects.filter(({ schema }) => schema.format === 'date-time'))(
    'mention UTC for $path, in both languages',
    ({ schema }) => {
      expect(schema.description).toContain('UTC');
      expect(schema['x-pt'].description).toContain('UTC');
    },
  );
});

it('the qualification score is described as a temperature', () => {
  const { score } = tables.qualifications.properties;
  for (const text of [score.description, score['x-pt'].description]) {
    expect(text).toMatch(/Muito Quente.*Congelado/);
    expect(text).not.toMatch(/\d/);
  }
  expect(score.examples).toEqual(['Muito Quente', 'Congelado']);
});

function expectBothLanguages(schema: Described | undefined): void {
  for (const text of [schema, schema?.['x-pt']]) {
    expect(text?.title).toMatch(/\S/);
    expect(text?.description).toMatch(/\S/);
  }
}

function normalized(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
