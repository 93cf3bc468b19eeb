import { SettingsError } from '../errors.ts';
import { readJsonFile } from '../json-files.ts';
import { isObject } from '../messages/json.ts';
import type { JsonSchema } from '../messages/messages.ts';

export type Inclusion = 'automatic' | 'available' | 'unsupported';

export interface MetadataEntry {
  /** `[]` for the stream, `["properties", name]` for a column. */
  readonly breadcrumb: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface CatalogEntry {
  readonly tap_stream_id: string;
  readonly stream: string;
  readonly schema: JsonSchema;
  readonly key_properties: readonly string[];
  readonly replication_key?: string;
  readonly replication_method?: string;
  readonly metadata: readonly MetadataEntry[];
}

export interface Catalog {
  readonly streams: readonly CatalogEntry[];
}

export interface StreamDescription {
  readonly stream: string;
  readonly schema: JsonSchema;
  readonly keyProperties: readonly string[];
  readonly replicationMethod: 'FULL_TABLE' | 'INCREMENTAL';
  readonly replicationKey?: string;
  /** Default: true. */
  readonly isSelectedByDefault?: boolean;
  /** Columns that cannot be deselected, besides the key columns and the replication key. */
  readonly automaticColumns?: readonly string[];
}

/**
 * Returns the catalog entry that discovery prints for a stream. Every column has metadata; key
 * columns and the replication key are automatic.
 */
export function catalogEntry(description: StreamDescription): CatalogEntry {
  const { stream, schema, keyProperties, replicationMethod, replicationKey } = description;
  return {
    tap_stream_id: stream,
    stream,
    schema,
    key_properties: keyProperties,
    replication_method: replicationMethod,
    ...(replicationKey !== undefined && { replication_key: replicationKey }),
    metadata: [streamMetadata(description), ...columnMetadata(description)],
  };
}

function streamMetadata(description: StreamDescription): MetadataEntry {
  const { keyProperties, replicationMethod, replicationKey } = description;
  const { isSelectedByDefault = true } = description;
  return {
    breadcrumb: [],
    metadata: {
      inclusion: 'available',
      'selected-by-default': isSelectedByDefault,
      'table-key-properties': keyProperties,
      'forced-replication-method': replicationMethod,
      ...(replicationKey !== undefined && { 'valid-replication-keys': [replicationKey] }),
    },
  };
}

function columnMetadata(description: StreamDescription): MetadataEntry[] {
  const { keyProperties, replicationKey, automaticColumns = [] } = description;
  const automatic = new Set([...keyProperties, replicationKey, ...automaticColumns]);
  return propertyNames(description.schema).map((name) => ({
    breadcrumb: ['properties', name],
    metadata: { inclusion: automatic.has(name) ? 'automatic' : 'available' },
  }));
}

function propertyNames(schema: JsonSchema): string[] {
  return Object.keys(schema['properties'] ?? {});
}

/** @throws SettingsError that names the file, if the file cannot be read or is not a catalog */
export async function readCatalog(path: string): Promise<Catalog> {
  const value = await readJsonFile(path, 'catalog');
  if (isCatalog(value)) return value;
  throw new SettingsError([
    `The catalog file ${path} is not a catalog: it must contain {"streams": [...]}, as --discover prints it.`,
  ]);
}

function isCatalog(value: unknown): value is Catalog {
  const streams: unknown = (value as Partial<Catalog> | null)?.streams;
  return Array.isArray(streams) && streams.every(isEntry);
}

/**
 * Accepts a handwritten entry without a schema or metadata. If these are present, they must be
 * well-formed.
 */
function isEntry(value: unknown): boolean {
  const { tap_stream_id: id, stream, schema = {}, metadata = [] } = members(value);
  const isNamed = typeof (id ?? stream) === 'string';
  const isListed = Array.isArray(metadata) && metadata.every(isMetadata);
  return isNamed && isListed && isObject(schema);
}

function isMetadata(value: unknown): boolean {
  const { breadcrumb, metadata } = members(value);
  return Array.isArray(breadcrumb) && isObject(metadata);
}

function members(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

export interface Selection {
  readonly selected: boolean;
  /** The columns to write, which are the automatic and the selected columns. */
  readonly properties: ReadonlySet<string>;
  readonly replicationMethod?: string;
  readonly replicationKey?: string;
}

/**
 * Reads what a catalog entry selects from its stream. `selected` takes precedence over
 * `selected-by-default`. Automatic columns are always selected; unsupported columns are never
 * selected. A replication method or key at the root of the entry is also accepted, since Meltano
 * writes them there.
 */
export function selection(entry: CatalogEntry): Selection {
  const metadata = metadataByPath(entry);
  const { properties, ...schema } = entry.schema;
  const stream = metadata.get('') ?? {};
  const method = stream['replication-method'] ?? entry.replication_method;
  const key = stream['replication-key'] ?? entry.replication_key;
  const columns = Object.entries(members(properties)).filter(([name, column]) =>
    isSelected(metadata.get(pathOf(['properties', name])), members(column)),
  );
  return {
    selected: isSelected(stream, schema),
    properties: new Set(columns.map(([name]) => name)),
    ...(typeof method === 'string' && { replicationMethod: method }),
    ...(typeof key === 'string' && { replicationKey: key }),
  };
}

/**
 * @param schema the schema of the stream or column. Old catalogs have `selected` and `inclusion`
 * there, and may deselect personal data. Where both select, the metadata decides.
 */
function isSelected(metadata: MetadataEntry['metadata'] = {}, schema: JsonSchema): boolean {
  const inclusions = [metadata['inclusion'], schema['inclusion']];
  if (inclusions.includes('unsupported')) return false;
  if (inclusions.includes('automatic')) return true;
  const selected = metadata['selected'] ?? schema['selected'];
  return (selected ?? metadata['selected-by-default'] ?? true) !== false;
}

function metadataByPath(entry: CatalogEntry): Map<string, MetadataEntry['metadata']> {
  // Handwritten catalogs may lack the metadata.
  const entries = (entry.metadata as readonly MetadataEntry[] | undefined) ?? [];
  // If a breadcrumb occurs twice, its first entry is used.
  return new Map(
    entries.toReversed().map(({ breadcrumb, metadata }) => [pathOf(breadcrumb), metadata]),
  );
}

function pathOf(breadcrumb: readonly string[]): string {
  return breadcrumb.join('\0');
}
