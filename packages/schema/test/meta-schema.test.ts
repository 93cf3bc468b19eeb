import type { JsonSchema } from '@exact-spotter/singer';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { tableNames, tables, type TableSchema } from '../src/index.ts';
import { tableProblems } from '../src/meta-schema.ts';

describe('the meta-schema', () => {
  it.each(tableNames)('accepts %s', (name) => {
    expect(tableProblems(tables[name])).toEqual([]);
  });

  const { stages, tasks, tasks__contacts: contacts } = tables;
  const column = stages.properties.value;
  const broken: readonly (readonly [string, JsonSchema, string])[] = [
    ['a missing key', without(stages, 'x-key'), 'x-key'],
    ['an empty key', { ...stages, 'x-key': [] }, '/x-key'],
    ['a table without Portuguese text', without(stages, 'x-pt'), 'x-pt'],
    ['an empty description', { ...stages, description: '' }, '/description'],
    [
      'a table that is marked as selected by default',
      { ...stages, 'x-selected-by-default': true },
      '/x-selected-by-default',
    ],
    ['an unknown keyword', { ...stages, 'x-parents': {} }, 'x-parents'],
    ['an unknown method', { ...stages, 'x-replication': { method: 'sometimes' } }, '/method'],
    [
      'full replication with a replication key',
      replicated(stages, { method: 'full', key: 'id' }),
      '/x-replication',
    ],
    [
      'window replication without a replication key',
      replicated(tasks, { method: 'window' }),
      'key',
    ],
    [
      'a child table with a replication key',
      replicated(contacts, { method: 'window', key: 'task_id' }),
      'NOT be valid',
    ],
    [
      'a parent without columns',
      { ...contacts, 'x-parent': { table: 'tasks', array: 'a' } },
      'col',
    ],
    ['a reference without a column', { ...stages, 'x-references': { value: 'leads' } }, '/value'],
    ['a column without a type', withColumn(without(column, 'type')), 'type'],
    ['an unknown type', withColumn({ ...column, type: 'text' }), '/type'],
    ['a column without examples', withColumn({ ...column, examples: [] }), '/examples'],
    ['a column without Portuguese text', withColumn(without(column, 'x-pt')), 'x-pt'],
    ['a column name with a space', { ...stages, properties: { 'a b': column } }, '/properties'],
  ];
  it.each(broken)('reports %s', (_what, schema, where) => {
    expect(tableProblems(schema).join('\n')).toContain(where);
  });

  it('names the place, the rule and the unexpected value', () => {
    expect(tableProblems({ ...stages, 'x-parents': {} })).toEqual([
      'The table must NOT have additional properties: x-parents.',
    ]);
    expect(tableProblems(replicated(stages, { method: 'sometimes' }))).toContain(
      '/x-replication/method must be equal to one of the allowed values: full, incremental, window.',
    );
  });

  function withColumn(value: object): JsonSchema {
    return { ...stages, properties: { ...stages.properties, value } };
  }
});

function without(schema: object, keyword: string): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== keyword));
}

function replicated(schema: TableSchema, replication: object): JsonSchema {
  return { ...schema, 'x-replication': replication };
}

describe('examples', () => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  it.each(tableNames)('match the column types of %s', (name) => {
    for (const [column, schema] of Object.entries(tables[name].properties)) {
      const { type, format, examples } = schema as TableSchema['properties'][string];
      const pattern = FORMATS[format ?? ''] ?? '';
      const validate = ajv.compile({ type, pattern });
      for (const example of examples) {
        expect(validate(example), `${column}: ${String(example)}`).toBe(true);
      }
    }
  });
});

const FORMATS: Readonly<Record<string, string>> = {
  date: '^\\d{4}-\\d\\d-\\d\\d$',
  'date-time': '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,7})?Z$',
};
