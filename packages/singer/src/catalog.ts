import { SettingsError } from './errors.ts';
import { readJsonFile } from './json-files.ts';
import type { JsonSchema } from './messages.ts';

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
}

/** The entry that discovery prints: every column has its metadata; keys are automatic. */
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
  return {
    breadcrumb: [],
    metadata: {
      inclusion: 'available',
      'selected-by-default': true,
      'table-key-properties': keyProperties,
      'forced-replication-method': replicationMethod,
      ...(replicationKey !== undefined && { 'valid-replication-keys': [replicationKey] }),
    },
  };
}

function columnMetadata(description: StreamDescription): MetadataEntry[] {
  const automatic = new Set([...description.keyProperties, description.replicationKey]);
  return propertyNames(description.schema).map((name) => ({
    breadcrumb: ['properties', name],
    metadata: { inclusion: automatic.has(name) ? 'automatic' : 'available' },
  }));
}

function propertyNames(schema: JsonSchema): string[] {
  return Object.keys(schema['properties'] ?? {});
}

/** @throws SettingsError naming the file, when it cannot be read or is no catalog */
export async function readCatalog(path: string): Promise<Catalog> {
  const value = await readJsonFile(path, 'catalog');
  if (isCatalog(value)) return value;
  throw new SettingsError([
    `The catalog file ${path} is no catalog: it must hold {"streams": [...]}, as --discover prints it.`,
  ]);
}

function isCatalog(value: unknown): value is Catalog {
  const streams: unknown = (value as Partial<Catalog> | null)?.streams;
  return Array.isArray(streams) && streams.every(isEntry);
}

/** Written by hand, an entry may lack its schema and its metadata; what is there must have its shape. */
function isEntry(value: unknown): boolean {
  const { tap_stream_id: id, stream, schema = {}, metadata = [] } = members(value);
  const isNamed = typeof (id ?? stream) === 'string';
  const isListed = Array.isArray(metadata) && metadata.every(isMetadata);
  return isNamed && isListed && typeof schema === 'object' && schema !== null;
}

function isMetadata(value: unknown): boolean {
  const { breadcrumb, metadata } = members(value);
  return Array.isArray(breadcrumb) && typeof metadata === 'object' && metadata !== null;
}

function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

export interface Selection {
  readonly selected: boolean;
  /** The columns to be written: the automatic ones and those selected. */
  readonly properties: ReadonlySet<string>;
  readonly replicationMethod?: string;
  readonly replicationKey?: string;
}

/**
 * What a catalog says of one stream. `selected` wins over `selected-by-default`; automatic columns
 * always go, unsupported ones never. A method or key at the entry's root counts like one in the
 * metadata, since Meltano writes both.
 */
export function selection(entry: CatalogEntry): Selection {
  const stream = metadataAt(entry, []);
  const method = stream['replication-method'] ?? entry.replication_method;
  const key = stream['replication-key'] ?? entry.replication_key;
  return {
    selected: isSelected({ ...legacySelected(entry), ...stream }),
    properties: new Set(
      propertyNames(entry.schema).filter((name) => isColumnSelected(entry, name)),
    ),
    ...(typeof method === 'string' && { replicationMethod: method }),
    ...(typeof key === 'string' && { replicationKey: key }),
  };
}

function isColumnSelected(entry: CatalogEntry, name: string): boolean {
  return isSelected(metadataAt(entry, ['properties', name]));
}

function isSelected(metadata: MetadataEntry['metadata']): boolean {
  if (metadata['inclusion'] === 'automatic') return true;
  if (metadata['inclusion'] === 'unsupported') return false;
  return (metadata['selected'] ?? metadata['selected-by-default'] ?? true) !== false;
}

/** Old catalogs say `selected` in the schema instead of the metadata. */
function legacySelected({ schema }: CatalogEntry): { selected?: unknown } {
  return 'selected' in schema ? { selected: schema['selected'] } : {};
}

function metadataAt(entry: CatalogEntry, breadcrumb: readonly string[]): MetadataEntry['metadata'] {
  // A catalog that was written by hand may lack the list altogether.
  const entries = (entry.metadata as readonly MetadataEntry[] | undefined) ?? [];
  const path = breadcrumb.join('\0');
  return entries.find((item) => item.breadcrumb.join('\0') === path)?.metadata ?? {};
}
