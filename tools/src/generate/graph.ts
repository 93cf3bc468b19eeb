import {
  relationships,
  tables,
  tableNames,
  type ColumnSchema,
  type Relationship,
  type TableName,
} from '@exact-spotter/schema';
import { columnType } from './words.ts';

/**
 * Returns a Mermaid diagram of the tables, with only their key and reference columns. A solid
 * line connects a child table to its parent; a dotted line is a reference.
 */
export function relationshipGraph(): string {
  const lines = [
    'erDiagram',
    ...relationships.map((relationship) => `  ${edge(relationship)}`),
    ...tableNames.flatMap(entity),
  ];
  return ['```mermaid', ...lines, '```', ''].join('\n');
}

function edge({ kind, table, to, columns }: Relationship): string {
  const own = Object.keys(columns);
  const one = tables[table]['x-key'].every((column) => own.includes(column));
  const line = kind === 'parent' ? '||--' : '|o..';
  return `${to} ${line}${one ? 'o|' : 'o{'} ${table} : "${own.join(', ')}"`;
}

function entity(name: TableName): string[] {
  const shown = shownColumns(name);
  const columns = Object.entries<ColumnSchema>(tables[name].properties)
    .filter(([column]) => shown.has(column))
    .map(([column, schema]) => `    ${columnType(schema)} ${column}${marks(name, column)}`);
  return [`  ${name} {`, ...columns, '  }'];
}

/** Returns the key columns, the referring columns and the referenced columns. */
function shownColumns(name: TableName): ReadonlySet<string> {
  return new Set([
    ...tables[name]['x-key'],
    ...referringColumns(name),
    ...relationships
      .filter(({ to }) => to === name)
      .flatMap(({ columns }) => Object.values(columns)),
  ]);
}

function marks(name: TableName, column: string): string {
  const isKey = tables[name]['x-key'].some((key) => key === column);
  const found = [
    ...(isKey ? ['PK'] : []),
    ...(referringColumns(name).includes(column) ? ['FK'] : []),
  ];
  return found.length > 0 ? ` ${found.join(', ')}` : '';
}

function referringColumns(name: TableName): string[] {
  return relationships
    .filter(({ table }) => table === name)
    .flatMap(({ columns }) => Object.keys(columns));
}
