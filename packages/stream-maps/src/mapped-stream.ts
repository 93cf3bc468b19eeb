import {
  InputError,
  type InputPlace,
  type JsonRecord,
  type SchemaMessage,
  UnmappedRecordError,
} from '@exact-spotter/singer';
import { ColumnFault, mapColumns, type MappedColumns } from './columns.ts';
import { planFlattening, type Flattened } from './flatten.ts';
import { followColumns, type OtherColumn } from './schema.ts';
import { propertiesOf } from './schema.ts';
import { isFlattening, type MapSettings } from './settings.ts';
import type { StreamMap } from './stream-map.ts';
import { ExpressionFault } from './expression/value.ts';

/** One form in which a stream goes out. */
export interface MappedStream {
  readonly schema: SchemaMessage;
  /** @returns nothing for a record that a filter keeps out */
  readonly map: (record: JsonRecord) => JsonRecord | undefined;
  /** True where the children of a record that is kept out stay out too. */
  readonly filtersChildren: boolean;
}

export interface MapContext {
  readonly settings: MapSettings;
  readonly config: JsonRecord;
  readonly other: OtherColumn;
  /** The name under which it goes out. */
  readonly name: string;
}

/**
 * @param map nothing for a stream that is only flattened
 * @throws ColumnFault, ExpressionFault
 */
export function mapStream(
  message: SchemaMessage,
  map: StreamMap | undefined,
  { settings, config, other, name }: MapContext,
): MappedStream {
  const given = map?.keyProperties;
  const mapped = map
    ? mapColumns(map, message.schema, given ?? message.key_properties, {
        config,
        streamName: name,
        originalStreamName: message.stream,
      })
    : unmapped(message);
  const flat = isFlattening(settings)
    ? planFlattening(mapped.properties, message.schema, settings)
    : undefined;
  const here = (column: string): string | undefined => (flat ? flat.names.get(column) : column);
  const own = (column: string): string | undefined => {
    const copy = mapped.copies.get(column);
    return copy === undefined ? undefined : here(copy);
  };
  const key = (given ?? message.key_properties).map((column) =>
    keyColumn(column, given !== undefined, mapped, here),
  );
  const bookmarks = message.bookmark_properties?.flatMap((column) => own(column) ?? []);
  return {
    schema: {
      ...message,
      stream: name,
      schema: {
        ...followColumns(message.schema, key, own, other),
        properties: flat?.properties ?? mapped.properties,
      },
      key_properties: key,
      ...(bookmarks && { bookmark_properties: bookmarks }),
    },
    map: flatAfter(mapped, flat),
    filtersChildren: map?.isPrimary === true && map.filter !== undefined,
  };
}

function unmapped({ schema }: SchemaMessage): MappedColumns {
  const properties = propertiesOf(schema);
  const copies = new Map(Object.keys(properties).map((name) => [name, name]));
  return { properties, copies, map: (record) => record };
}

function flatAfter({ map }: MappedColumns, flat: Flattened | undefined): MappedStream['map'] {
  if (!flat) return map;
  return (record) => {
    const made = map(record);
    return made && flat.flatten(made);
  };
}

/** A key follows its column; one that was given by the map must be there as it is called. */
function keyColumn(
  column: string,
  isGiven: boolean,
  { properties, copies }: MappedColumns,
  here: (column: string) => string | undefined,
): string {
  const isThere = Object.hasOwn(properties, column);
  const name = isThere ? column : isGiven ? undefined : copies.get(column);
  const now = name === undefined ? undefined : here(name);
  if (now !== undefined) return now;
  throw new ExpressionFault(
    isGiven
      ? `__key_properties__ names "${column}", which is no column behind the map`
      : `the map drops "${column}", which is of the key: name another key in __key_properties__, or null for none`,
  );
}

/** A fault of a map with its place in front, and what to do behind. */
export function mapFault(fault: unknown, stream: string, line: number | undefined): unknown {
  if (!isMapFault(fault)) return fault;
  return new InputError(
    `${fault.message}: mend the stream's map in the setting "stream_maps".`,
    placeOf(fault, stream, line),
    { cause: fault },
  );
}

/** The same where the map fits its stream, and fails on a record. @param names those it would have gone out under */
export function recordFault(
  fault: unknown,
  stream: string,
  line: number | undefined,
  names: readonly string[],
): unknown {
  if (!isMapFault(fault)) return fault;
  const place = placeOf(fault, stream, line);
  return new UnmappedRecordError(fault.message, place, names, { cause: fault });
}

function isMapFault(fault: unknown): fault is ColumnFault | ExpressionFault {
  return fault instanceof ColumnFault || fault instanceof ExpressionFault;
}

function placeOf(
  fault: ColumnFault | ExpressionFault,
  stream: string,
  line: number | undefined,
): InputPlace {
  return {
    ...(line !== undefined && { line }),
    stream,
    ...(fault instanceof ColumnFault && { column: fault.column }),
  };
}
