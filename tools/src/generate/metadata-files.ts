import {
  isSelectedByDefault,
  isTableName,
  relationships,
  tables,
  type ColumnSchema,
  type TableName,
  type TableSchema,
} from '@exact-spotter/schema';
import { stringify } from 'yaml';
import { QUERY_NOTES } from './words.ts';

const SOURCE = 'exactsales';
const DESCRIPTION = `A copy of an Exact Spotter account. ${QUERY_NOTES}`;

/**
 * Returns the titles and descriptions for
 * `datasette exact.sqlite --metadata datasette-metadata.yml`.
 */
export function datasetteMetadata(): string {
  const described = Object.fromEntries(
    allTables().map((name) => [name, datasetteTable(tables[name])]),
  );
  const exact = { title: 'Exact Spotter', description: DESCRIPTION, tables: described };
  return stringify({ databases: { exact } });
}

/**
 * Returns the tables as a source for dbt 1.10.5 or newer. Relationship tests only warn, because the
 * API omits some referenced rows. The variable `exactsales_schema` sets the schema (default: `main`,
 * as in SQLite).
 */
export function dbtSources(): string {
  const source = {
    name: SOURCE,
    description: DESCRIPTION,
    schema: `{{ var('${SOURCE}_schema', 'main') }}`,
    quoting: { identifier: true },
    tables: allTables().map(dbtTable),
  };
  return stringify({ version: 2, sources: [source] });
}

function allTables(): TableName[] {
  return Object.keys(tables).filter(isTableName);
}

function datasetteTable({ title, description, properties }: TableSchema): object {
  const columns = Object.entries(properties).map(([name, column]) => [name, describe(column)]);
  return { title, description, columns: Object.fromEntries(columns) as object };
}

function dbtTable(name: TableName): object {
  const { description, properties }: TableSchema = tables[name];
  return {
    name,
    description,
    columns: Object.entries(properties).map(([column, schema]) => dbtColumn(name, column, schema)),
  };
}

function dbtColumn(table: TableName, name: string, schema: ColumnSchema): object {
  // Optional tables have no tests, because a test fails if its table does not exist.
  const tests = isSelectedByDefault(table)
    ? [...keyTests(table, name), ...referenceTests(table, name)]
    : [];
  return {
    name,
    quote: true,
    description: describe(schema),
    ...(tests.length > 0 && { data_tests: tests }),
  };
}

function describe({ title, description }: ColumnSchema): string {
  return `${title}. ${description}`;
}

function keyTests(table: TableName, column: string): string[] {
  const key: readonly string[] = tables[table]['x-key'];
  if (!key.includes(column)) return [];
  return key.length === 1 ? ['unique', 'not_null'] : ['not_null'];
}

/**
 * Returns the relationship tests of a column. dbt's own test supports only references of one column.
 */
function referenceTests(table: TableName, column: string): object[] {
  return relationships
    .filter((joined) => joined.table === table && Object.keys(joined.columns).length === 1)
    .flatMap(({ to, columns }) => {
      const field = columns[column];
      if (field === undefined) return [];
      const args = { to: `source('${SOURCE}', '${to}')`, field };
      return [{ relationships: { arguments: args, config: { severity: 'warn' } } }];
    });
}
