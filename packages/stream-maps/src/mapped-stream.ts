import {
  InputError,
  type InputPlace,
  type JsonRecord,
  type SchemaMessage,
  UnmappedRecordError,
} from '@exact-spotter/singer';
import { ColumnError, mapColumns, type MappedColumns } from './mapped-columns.ts';
import { ExpressionError } from './expression/expression-value.ts';
import { planFlattening, type Flattened } from './flatten.ts';
import { followColumns, propertiesOf, type OtherColumn } from './schema.ts';
import { isFlattening, type MapSettings } from './settings.ts';
import type { StreamMap } from './stream-map.ts';

/** One form in which a stream is written. */
export interface MappedStream {
  readonly schema: SchemaMessage;
  /** @returns undefined if the filter excludes the record */
  readonly map: (record: JsonRecord) => JsonRecord | undefined;
  /** True if the children of an excluded record are also excluded. */
  readonly filtersChildren: boolean;
}

export interface MapContext {
  readonly settings: MapSettings;
  readonly config: JsonRecord;
  readonly other: OtherColumn;
  /** The name under which the stream is written. */
  readonly name: string;
  /** The columns of the stream that are known, but not sent. */
  readonly deselected: ReadonlySet<string>;
}

/**
 * Applies a stream's map and flattening to its SCHEMA.
 * @param map undefined if the stream is only flattened
 * @throws ColumnError, ExpressionError if the map is not valid for the schema
 */
export function mapStream(
  message: SchemaMessage,
  map: StreamMap | undefined,
  { settings, config, other, name, deselected }: MapContext,
): MappedStream {
  const keyFromMap = map?.keyProperties;
  const key = keyFromMap ?? message.key_properties;
  const mapped = map
    ? mapColumns(map, message.schema, key, {
        config,
        streamName: name,
        originalStreamName: message.stream,
        deselected,
      })
    : unmappedColumns(message);
  const flattened = isFlattening(settings)
    ? planFlattening(mapped.properties, message.schema, settings)
    : undefined;
  const afterFlattening = (column: string): string | undefined =>
    flattened ? flattened.names.get(column) : column;
  const own = (column: string): string | undefined => {
    const copy = mapped.copies.get(column);
    return copy === undefined ? undefined : afterFlattening(copy);
  };
  const keyAfter = key.map((column) =>
    keyColumn(column, keyFromMap !== undefined, mapped, afterFlattening),
  );
  const bookmarks = message.bookmark_properties?.flatMap((column) => own(column) ?? []);
  return {
    schema: {
      ...message,
      stream: name,
      schema: {
        ...followColumns(message.schema, keyAfter, own, other),
        properties: flattened?.properties ?? mapped.properties,
      },
      key_properties: keyAfter,
      ...(bookmarks && { bookmark_properties: bookmarks }),
    },
    map: mapThenFlatten(mapped, flattened),
    filtersChildren: map?.isPrimary === true && map.filter !== undefined,
  };
}

function unmappedColumns({ schema }: SchemaMessage): MappedColumns {
  const properties = propertiesOf(schema);
  const copies = new Map(Object.keys(properties).map((name) => [name, name]));
  return { properties, copies, map: (record) => record };
}

function mapThenFlatten(
  { map }: MappedColumns,
  flattened: Flattened | undefined,
): MappedStream['map'] {
  if (!flattened) return map;
  return (record) => {
    const mapped = map(record);
    return mapped && flattened.flatten(mapped);
  };
}

/**
 * Returns the new name of a key column. A column from `__key_properties__` must exist after the map
 * has been applied.
 */
function keyColumn(
  column: string,
  isFromMap: boolean,
  { properties, copies }: MappedColumns,
  afterFlattening: (column: string) => string | undefined,
): string {
  const exists = Object.hasOwn(properties, column);
  const name = exists ? column : isFromMap ? undefined : copies.get(column);
  const flatName = name === undefined ? undefined : afterFlattening(name);
  if (flatName !== undefined) return flatName;
  throw new ExpressionError(
    isFromMap
      ? `__key_properties__ names "${column}", which does not exist after the map is applied`
      : `the map drops the key column "${column}": name a different key in __key_properties__, or null for no key`,
  );
}

/**
 * Turns a map's error into an InputError with the place and the remedy. Returns other errors
 * unchanged.
 */
export function asInputError(error: unknown, stream: string, line: number | undefined): unknown {
  if (!isMapError(error)) return error;
  return new InputError(
    `${error.message}; correct the stream's map in the setting "stream_maps".`,
    placeOf(error, stream, line),
    { cause: error },
  );
}

/**
 * Like {@link asInputError}, but for a valid map that fails on a record.
 * @param names the names under which the map would have written the record
 */
export function asRecordError(
  error: unknown,
  stream: string,
  line: number | undefined,
  names: readonly string[],
): unknown {
  if (!isMapError(error)) return error;
  const place = placeOf(error, stream, line);
  return new UnmappedRecordError(error.message, place, names, { cause: error });
}

function isMapError(error: unknown): error is ColumnError | ExpressionError {
  return error instanceof ColumnError || error instanceof ExpressionError;
}

function placeOf(
  error: ColumnError | ExpressionError,
  stream: string,
  line: number | undefined,
): InputPlace {
  return {
    ...(line !== undefined && { line }),
    stream,
    ...(error instanceof ColumnError && { column: error.column }),
  };
}
