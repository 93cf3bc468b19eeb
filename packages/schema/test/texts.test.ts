import { describe, expect, it } from 'vitest';
import { tableNames, tables, type Text } from '../src/index.ts';

interface Told extends Text {
  readonly 'x-pt': Text;
}

const told: readonly (readonly [string, string, Told])[] = tableNames.flatMap((name) => [
  [name, name, tables[name]] as const,
  ...Object.entries<Told>(tables[name].properties).map(
    ([column, schema]) => [`${name}.${column}`, column, schema] as const,
  ),
]);

describe('what is said of tables and columns', () => {
  it.each(told)('%s is told in both languages, in words of their own', (_path, name, schema) => {
    const portuguese = schema['x-pt'];
    expect(portuguese.description).not.toBe(schema.description);
    for (const { title, description } of [schema, portuguese]) {
      expect(plain(description)).not.toBe(plain(name));
      expect(plain(description)).not.toBe(plain(title));
      expect(description.split(' ').length).toBeGreaterThan(3);
    }
  });

  it('is told of every table and every column', () => {
    expect(told).toHaveLength(22 + 194 + 4);
  });

  it('says UTC of every instant, in both languages', () => {
    for (const name of tableNames) {
      for (const [column, schema] of Object.entries<Told & { format?: string }>(
        tables[name].properties,
      )) {
        if (schema.format !== 'date-time') continue;
        expect(schema.description, `${name}.${column}`).toContain('UTC');
        expect(schema['x-pt'].description, `${name}.${column}`).toContain('UTC');
      }
    }
  });
});

function plain(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
