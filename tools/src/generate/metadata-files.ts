import {
  isTableName,
  relationships,
  tables,
  type ColumnSchema,
  type TableName,
  type TableSchema,
} from '@exact-spotter/schema';
import { stringify } from 'yaml';

const SOURCE = 'exactsales';

/**
 * The tables as a dbt source. The relationships are tests that warn, since the API leaves gaps; the
 * variable `exactsales_schema` names another schema than SQLite's.
 * Read by dbt 1.10.5 and newer.
 */
export function dbtSources(): string {
  const source = {
    name: SOURCE,
    description: 'A copy of an Exact Spotter account. All instants are in UTC.',
    schema: `{{ var('${SOURCE}_schema', 'main') }}`,
    quoting: { identifier: true },
    tables: Object.keys(tables).filter(isTableName).map(dbtTable),
  };
  return stringify({ version: 2, sources: [source] });
}

function dbtTable(name: TableName): object {
  const { description, properties }: TableSchema = tables[name];
  return {
    name,
    description,
    columns: Object.entries(properties).map(([column, schema]) => columnOf(name, column, schema)),
  };
}

function columnOf(table: TableName, name: string, { title, description }: ColumnSchema): object {
  const tests = [...keyTests(table, name), ...referenceTests(table, name)];
  return {
    name,
    quote: true,
    description: `${title}. ${description}`,
    ...(tests.length > 0 && { data_tests: tests }),
  };
}

function keyTests(table: TableName, column: string): string[] {
  const key: readonly string[] = tables[table]['x-key'];
  if (!key.includes(column)) return [];
  return key.length === 1 ? ['unique', 'not_null'] : ['not_null'];
}

/** A parent of several columns is no relationship that dbt's own test can express. */
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

/** Titles and descriptions for `datasette exact.sqlite --metadata datasette-metadata.yml`. */
export function datasetteMetadata(): string {
  const names = Object.keys(tables).filter(isTableName);
  const described = Object.fromEntries(names.map((name) => [name, datasetteTable(tables[name])]));
  return stringify({ databases: { exact: { title: 'Exact Spotter', tables: described } } });
}

function datasetteTable({ title, description, properties }: TableSchema): object {
  const columns = Object.entries(properties).map(([name, column]) => [
    name,
    `${column.title}. ${column.description}`,
  ]);
  return { title, description, columns: Object.fromEntries(columns) as object };
}
