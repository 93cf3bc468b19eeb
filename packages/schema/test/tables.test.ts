import { describe, expect, it } from 'vitest';
import {
  isSelectedByDefault,
  isTableName,
  tables,
  type TableName,
  type TableSchema,
} from '../src/index.ts';
import { documented, type DocumentedColumn } from './documented-tables.ts';

const METHODS: Readonly<Record<string, string>> = {
  full: 'full',
  incremental: 'incremental',
  'incremental with an update window': 'window',
};

function schemaOf(stream: string): TableSchema {
  if (!isTableName(stream)) throw new Error(`${stream} is not a table`);
  return tables[stream];
}

function references(columns: readonly DocumentedColumn[], toParent: boolean): object {
  return Object.fromEntries(
    columns
      .filter((column) => column.references && (column.to_parent ?? false) === toParent)
      .map(({ name, references = '' }) => [name, references]),
  );
}

describe('the list of tables', () => {
  const streams = documented.map(({ stream }) => stream);
  const additional = Object.keys(tables).filter((name) => !streams.includes(name));

  it('begins with the documented tables in the documented order', () => {
    expect(Object.keys(tables).slice(0, streams.length)).toEqual(streams);
  });

  it.each(additional)('continues with %s, which has no documented name', (name) => {
    const { properties, ...schema } = schemaOf(name);
    for (const part of [schema, ...Object.values(properties)]) {
      expect(part['x-documented']).toBeUndefined();
    }
  });

  it('selects the documented tables and the funnels by default', () => {
    const names = Object.keys(tables).filter(isTableName);
    expect(names.filter(isSelectedByDefault)).toEqual([...streams, 'funnels']);
  });
});

describe.each(documented)('$stream', (table) => {
  const schema = schemaOf(table.stream);

  const listed = [...table.columns, ...(table.added_columns ?? [])].map(({ name }) => name);

  it('begins with the listed columns', () => {
    expect(Object.keys(schema.properties).slice(0, listed.length)).toEqual(listed);
  });

  it('has the documented names and types in x-documented', () => {
    expect(schema['x-documented']?.name).toBe(table.documented_name);
    for (const { name, documented_type: type } of table.columns) {
      expect(schema.properties[name]?.['x-documented'], name).toEqual({ name, type });
    }
    const names = table.columns.map(({ name }) => name);
    const further = Object.keys(schema.properties).filter((name) => !names.includes(name));
    for (const name of further) {
      expect(schema.properties[name]?.['x-documented'], name).toBeUndefined();
    }
  });

  it('has the documented key and allows null in all other columns', () => {
    expect(schema['x-key']).toEqual(table.key);
    const notNull = Object.entries(schema.properties)
      .filter(([, { type }]) => !type.includes('null'))
      .map(([name]) => name);
    expect(new Set(notNull)).toEqual(new Set(table.key));
  });

  it('has the documented replication', () => {
    const method = METHODS[table.replication];
    const key = table.parent === undefined ? table.replication_key : undefined;
    expect(schema['x-replication']).toEqual(key === undefined ? { method } : { method, key });
  });

  it('has the documented references and parent', () => {
    expect(schema['x-references'] ?? {}).toMatchObject(references(table.columns, false));
    const { table: parent, array, columns = {} } = schema['x-parent'] ?? {};
    expect([parent, array]).toEqual([table.parent, table.array]);
    const dotted = Object.entries(columns).map(([own, other]) => [own, `${parent ?? ''}.${other}`]);
    expect(Object.fromEntries(dotted)).toEqual(references(table.columns, true));
  });

  it('has types that fit the documented types', () => {
    for (const { name, documented_type: type } of table.columns) {
      expect(fittingTypes(table.stream, name, type), name).toContain(typeOf(schema, name));
    }
  });
});

function typeOf(schema: TableSchema, name: string): string | undefined {
  const column = schema.properties[name];
  return column?.format ?? [column?.type].flat()[0];
}

/** Columns whose type in the API differs from the documented type. The tables use the API's type. */
const API_TYPES: Readonly<Record<string, string>> = {
  'meetings.meetingdate': 'date',
  'leads.cnpj': 'string',
};

function fittingTypes(stream: string, name: string, documentedType: string): readonly string[] {
  const known = API_TYPES[`${stream}.${name}`];
  if (known !== undefined) return [known];
  if (documentedType === 'float') return /(?:^|_)id$/.test(name) ? ['integer'] : NUMBERS;
  return [{ timestamp: 'date-time', text: 'string', boolean: 'boolean' }[documentedType] ?? ''];
}

const NUMBERS = ['integer', 'number'];

describe('column types', () => {
  const texts: readonly (readonly [TableName, string])[] = [
    ['leads', 'cnpj'],
    ['leads', 'cpf'],
    ['leads', 'cep'],
    ['leads', 'phone1'],
    ['leads', 'funnel_id'],
    ['leads', 'organization_id'],
    ['leadstages', 'origin_funnel_id'],
    ['qualifications', 'score'],
  ];
  it.each(texts)('%s.%s is text', (table, column) => {
    expect(typeOf(tables[table], column)).toBe('string');
  });

  const additions: readonly (readonly [TableName, Readonly<Record<string, string>>])[] = [
    [
      'qualifications',
      {
        ...{ points: 'number', cycle: 'integer', stage_id: 'integer', originstage: 'string' },
        ...{ useraction_id: 'integer', useraction_name: 'string', useraction_email: 'string' },
      },
    ],
    ['meetings', { score: 'string', qualificationdate: 'date-time' }],
    ['leadssold', { presales_email: 'string', cycle: 'integer' }],
    ['leadssold__products', { products_id: 'integer' }],
    ['funnels', { id: 'string', value: 'string', active: 'boolean' }],
  ];
  it.each(additions)('of the additional columns in %s fit the API', (table, columns) => {
    const types = Object.keys(columns).map((name) => [name, typeOf(tables[table], name)]);
    expect(Object.fromEntries(types)).toEqual(columns);
  });

  const fractions: readonly (readonly [TableName, string])[] = [
    ['leadssold', 'totaldealvalue'],
    ['leadssold__products', 'products_quantity'],
    ['callshistory', 'price'],
  ];
  it.each(fractions)('%s.%s allows fractions', (table, column) => {
    expect(typeOf(tables[table], column)).toBe('number');
  });
});
