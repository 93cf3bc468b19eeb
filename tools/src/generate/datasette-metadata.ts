import { isTableName, tables, type TableSchema } from '@exact-spotter/schema';
import { stringify } from 'yaml';

/** Titles and descriptions for `datasette exact.sqlite --metadata datasette-metadata.yml`. */
export function datasetteMetadata(): string {
  const names = Object.keys(tables).filter(isTableName);
  const described = Object.fromEntries(names.map((name) => [name, table(tables[name])]));
  return stringify({ databases: { exact: { title: 'Exact Spotter', tables: described } } });
}

function table({ title, description, properties }: TableSchema): object {
  const columns = Object.entries(properties).map(([name, column]) => [
    name,
    `${column.title}. ${column.description}`,
  ]);
  return { title, description, columns: Object.fromEntries(columns) as object };
}
