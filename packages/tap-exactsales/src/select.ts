import { isTableName, type TableName } from '@exact-spotter/schema';
import { log, selection, type Catalog, type CatalogEntry } from '@exact-spotter/singer';
import { replicationKey } from './table-schema.ts';

/** A stream to be read, with the columns that go out. */
export interface SelectedStream {
  readonly stream: TableName;
  readonly columns: ReadonlySet<string>;
  /** Asked for in the catalog: the stream is read whole each time. */
  readonly isFullTable: boolean;
}

/** The streams and columns that a catalog selects. Streams that the tap does not have are named and passed over. */
export function select(catalog: Catalog, known: Catalog): ReadonlyMap<TableName, SelectedStream> {
  const selected = new Map<TableName, SelectedStream>();
  for (const entry of catalog.streams) {
    const stream = selectStream(entry, known);
    if (stream) selected.set(stream.stream, stream);
  }
  return selected;
}

function selectStream(entry: CatalogEntry, known: Catalog): SelectedStream | undefined {
  const name = idOf(entry);
  const own = known.streams.find((candidate) => candidate.tap_stream_id === name);
  if (!own || !isTableName(name)) {
    log.warning(`The catalog holds a stream "${name}", which this tap does not have.`);
    return undefined;
  }
  const schema = 'properties' in schemaOf(entry) ? entry.schema : own.schema;
  const said = selection({ ...entry, schema });
  if (!said.selected) return undefined;
  warnOfKey(name, said.replicationKey);
  return {
    stream: name,
    columns: ownColumns(own, said.properties),
    isFullTable: said.replicationMethod === 'FULL_TABLE',
  };
}

/** What columns there are is ours to say: those of the catalog that we have, and always the automatic ones. */
function ownColumns(own: CatalogEntry, properties: ReadonlySet<string>): Set<string> {
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
    `The catalog asks for the replication key "${key}", which the stream does not have: it is read as always.`,
    { stream },
  );
}

/** A catalog written by hand may lack either name, or the schema. */
function idOf(entry: Partial<CatalogEntry>): string {
  return entry.tap_stream_id ?? entry.stream ?? '';
}

function schemaOf({ schema = {} }: Partial<CatalogEntry>): CatalogEntry['schema'] {
  return schema;
}
