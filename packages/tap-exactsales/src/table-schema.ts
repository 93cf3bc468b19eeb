import { readReferences, readReplication, tables, type TableName } from '@exact-spotter/schema';
import type { JsonSchema, SchemaMessage, StreamDescription } from '@exact-spotter/singer';

/** Kept at home, or put together anew: the Portuguese texts, the reference connector's names, the examples. */
const HOME = new Set(['$schema', 'x-references', 'x-pt', 'x-documented', 'examples']);

/**
 * A table's schema as it goes over the wire: plain JSON Schema, the vocabulary that other programs
 * can build on, and the English texts.
 * @param columns those that are sent; all where it is missing
 */
function wireSchema(stream: TableName, columns?: ReadonlySet<string>): JsonSchema {
  const { properties, ...table } = tables[stream];
  const sent = Object.entries<object>(properties)
    .filter(([name]) => columns?.has(name) ?? true)
    .map(([name, column]) => [name, withoutHome(column)]);
  return {
    ...withoutHome(table),
    ...referencesOf(stream, columns),
    properties: Object.fromEntries(sent) as unknown,
  };
}

/** A column that is not sent refers to nothing. */
function referencesOf(stream: TableName, columns?: ReadonlySet<string>): JsonSchema {
  const sent = [...readReferences(tables[stream])].filter(([name]) => columns?.has(name) ?? true);
  if (sent.length === 0) return {};
  return {
    'x-references': Object.fromEntries(
      sent.map(([name, { table, column }]) => [name, `${table}.${column}`]),
    ),
  };
}

/** @param more goes on top of the schema, e.g. `x-covered` */
export function schemaMessage(
  stream: TableName,
  columns: ReadonlySet<string>,
  more: JsonSchema = {},
): SchemaMessage {
  const bookmark = replicationKey(stream);
  return {
    type: 'SCHEMA',
    stream,
    schema: { ...wireSchema(stream, columns), ...more },
    key_properties: tables[stream]['x-key'],
    ...(bookmark !== undefined && { bookmark_properties: [bookmark] }),
  };
}

function withoutHome(schema: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !HOME.has(keyword)));
}

export function describeStream(stream: TableName): StreamDescription {
  const { 'x-key': key, 'x-replication': replication } = tables[stream];
  const replicationColumn = replicationKey(stream);
  return {
    stream,
    schema: wireSchema(stream),
    keyProperties: key,
    replicationMethod: replication.method === 'full' ? 'FULL_TABLE' : 'INCREMENTAL',
    ...(replicationColumn !== undefined && { replicationKey: replicationColumn }),
  };
}

/** The column that a bookmark of the stream stands on. */
export function replicationKey(stream: TableName): string | undefined {
  return readReplication(tables[stream])?.key;
}
