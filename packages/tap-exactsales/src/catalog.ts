import { isSelectedByDefault, isTableName, tables, type TableName } from '@exact-spotter/schema';
import {
  type Catalog,
  type CatalogEntry,
  catalogEntry,
  type JsonSchema,
  log,
  readReferences,
  readReplication,
  type SchemaMessage,
  selection,
  type StreamDescription,
} from '@exact-spotter/singer';
import { endpoints, withClocks, type ClockSettings, type Endpoint } from './endpoints.ts';
import { EXTRA, EXTRA_SCHEMA } from './rows/extra-column.ts';
import type { TapSettings } from './settings.ts';

/** A stream to read, with the columns to send. */
export interface SelectedStream {
  readonly stream: TableName;
  readonly columns: ReadonlySet<string>;
  /** True if the catalog asks for a complete read in every run. */
  readonly isFullTable: boolean;
}

/** An endpoint and the selected streams that its rows are converted to. */
export interface SelectedEndpoint {
  readonly endpoint: Endpoint;
  readonly streams: readonly SelectedStream[];
}

/**
 * Returns the catalog. Does not need a token or the network.
 * @param unknownFields `keep` adds the column `extra` to every stream
 */
export function discover(unknownFields: TapSettings['unknown_fields'] = 'report'): Catalog {
  const names = Object.keys(tables).filter(isTableName);
  const more = unknownFields === 'keep' ? [EXTRA] : [];
  return { streams: names.map((name) => catalogEntry(describeStream(name, more))) };
}

/**
 * Returns the streams and columns that a catalog selects. Ignores streams that the tap does not
 * have, and logs a warning about each.
 */
export function select(catalog: Catalog, known: Catalog): ReadonlyMap<TableName, SelectedStream> {
  const selected = new Map<TableName, SelectedStream>();
  for (const entry of catalog.streams) {
    const stream = selectStream(entry, known);
    if (stream) selected.set(stream.stream, stream);
  }
  return selected;
}

/**
 * Returns the endpoints to read, in order. Endpoints that can share one read form a group, with the
 * narrower endpoint first.
 * @param clocks the settings for clocks; if omitted, the endpoints are returned unchanged
 */
export function endpointGroups(
  selected: ReadonlyMap<TableName, SelectedStream>,
  clocks?: ClockSettings,
): SelectedEndpoint[][] {
  const needed = endpoints
    .map((endpoint) => ({
      endpoint: clocks ? withClocks(endpoint, clocks) : endpoint,
      streams: streamsOf(endpoint, selected),
    }))
    .filter(({ streams }) => streams.length > 0);
  return needed.flatMap((one) => {
    const wider = needed.find(({ endpoint }) => endpoint.path === one.endpoint.within);
    if (wider) return [[one, wider]];
    return needed.some(({ endpoint }) => endpoint.within === one.endpoint.path) ? [] : [[one]];
  });
}

/** @param more keywords to add to the schema, e.g. `x-covered` */
export function schemaMessage(
  stream: TableName,
  columns: ReadonlySet<string>,
  more: JsonSchema = {},
): SchemaMessage {
  const bookmark = replicationKey(stream);
  return {
    type: 'SCHEMA',
    stream,
    schema: { ...sentSchema(stream, columns), ...more },
    key_properties: tables[stream]['x-key'],
    ...(bookmark !== undefined && { bookmark_properties: [bookmark] }),
  };
}

/**
 * Returns the column whose values are the stream's bookmarks; undefined if the stream has no
 * bookmark.
 */
export function replicationKey(stream: TableName): string | undefined {
  return readReplication(tables[stream])?.key;
}

/** @param more columns that are always sent besides those of the table */
function describeStream(stream: TableName, more: readonly string[]): StreamDescription {
  const { properties, 'x-key': key, 'x-replication': replication } = tables[stream];
  const replicationColumn = replicationKey(stream);
  return {
    stream,
    schema: sentSchema(stream, new Set([...Object.keys(properties), ...more])),
    keyProperties: key,
    replicationMethod: replication.method === 'full' ? 'FULL_TABLE' : 'INCREMENTAL',
    ...(replicationColumn !== undefined && { replicationKey: replicationColumn }),
    isSelectedByDefault: isSelectedByDefault(stream),
    automaticColumns: more,
  };
}

/**
 * Keywords that are not copied from the table. The references are rebuilt, the default selection is
 * in the catalog's metadata, and the Portuguese text, the reference connector's names and the
 * examples are omitted.
 */
const NOT_SENT = new Set([
  ...['$schema', 'x-references', 'x-pt', 'x-documented', 'x-selected-by-default', 'examples'],
]);

/**
 * Returns the schema to send for a table: plain JSON Schema with the English text and the x-
 * keywords that other programs use.
 * @param columns the columns to send
 */
function sentSchema(stream: TableName, columns: ReadonlySet<string>): JsonSchema {
  const { properties, ...table } = tables[stream];
  const sent = Object.entries<object>({ ...properties, [EXTRA]: EXTRA_SCHEMA })
    .filter(([name]) => columns.has(name))
    .map(([name, column]) => [name, sentKeywords(column)]);
  return {
    ...sentKeywords(table),
    ...referencesOf(stream, columns),
    properties: Object.fromEntries(sent) as unknown,
  };
}

function sentKeywords(schema: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !NOT_SENT.has(keyword)));
}

/** Returns the references of the columns to send. */
function referencesOf(stream: TableName, columns: ReadonlySet<string>): JsonSchema {
  const sent = [...readReferences(tables[stream])].filter(([name]) => columns.has(name));
  if (sent.length === 0) return {};
  return {
    'x-references': Object.fromEntries(
      sent.map(([name, { table, column }]) => [name, `${table}.${column}`]),
    ),
  };
}

function selectStream(entry: CatalogEntry, known: Catalog): SelectedStream | undefined {
  const name = idOf(entry);
  const own = known.streams.find((candidate) => candidate.tap_stream_id === name);
  if (!own || !isTableName(name)) {
    log.warning(`Ignoring the stream "${name}" in the catalog: this tap has no such stream.`);
    return undefined;
  }
  const { properties: columns = own.schema['properties'], ...keywords } = schemaOf(entry);
  const schema = { ...keywords, properties: columns };
  const { selected, properties, ...replication } = selection({ ...entry, schema });
  if (!selected) return undefined;
  warnOfKey(name, replication.replicationKey);
  return {
    stream: name,
    columns: selectedColumns(own, properties),
    isFullTable: replication.replicationMethod === 'FULL_TABLE',
  };
}

/** Returns the selected columns that the tap has. Automatic columns are always included. */
function selectedColumns(own: CatalogEntry, properties: ReadonlySet<string>): Set<string> {
  return new Set(
    own.metadata.flatMap(({ breadcrumb: [, column], metadata }) => {
      if (column === undefined) return [];
      return metadata['inclusion'] === 'automatic' || properties.has(column) ? [column] : [];
    }),
  );
}

function warnOfKey(stream: TableName, key: string | undefined): void {
  if (key === undefined || key === replicationKey(stream)) return;
  log.warning(
    `Ignoring the replication key "${key}" in the catalog: the tap always uses the stream's own replication key.`,
    { stream },
  );
}

/** True if the tap has the stream that a catalog entry names. */
export function isKnown(entry: CatalogEntry, known: Catalog): boolean {
  return known.streams.some(({ stream }) => stream === idOf(entry));
}

/** A hand-written catalog may lack `tap_stream_id`, `stream` or the schema. */
function idOf(entry: Partial<CatalogEntry>): string {
  return entry.tap_stream_id ?? entry.stream ?? '';
}

function schemaOf({ schema = {} }: Partial<CatalogEntry>): CatalogEntry['schema'] {
  return schema;
}

function streamsOf(
  { stream, children = [] }: Endpoint,
  selected: ReadonlyMap<TableName, SelectedStream>,
): SelectedStream[] {
  return [stream, ...children.map((child) => child.stream)].flatMap(
    (name) => selected.get(name) ?? [],
  );
}
