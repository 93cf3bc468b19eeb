import { tables, type TableName } from '@exact-spotter/schema';
import { isObject, readParent, type JsonValue } from '@exact-spotter/singer';
import type { ApiRow } from '../api/odata.ts';
import type { ChildTable, Endpoint } from '../endpoints.ts';
import {
  POSITION,
  usedElementMembers,
  usedMembers,
  valueAt,
  type UsedMembers,
} from './api-members.ts';
import { EXTRA } from './extra-column.ts';
import { extraReader, type ExtraReader } from './extra.ts';
import type { Timezone } from './timezone.ts';
import { converter, type Convert } from './value.ts';

/** A row of a table: column → value. */
export type TableRow = Readonly<Record<string, JsonValue>>;

/** Converts an API object into rows of one table. */
export interface RowReader {
  readonly stream: TableName;
  /** @param onUnusable called for an object without a usable key, which is skipped */
  read(row: ApiRow, onUnusable: OnUnusable): readonly TableRow[];
}

/** @param element where the object is in the row; undefined if it is the row itself */
type OnUnusable = (element?: string) => void;

interface Column {
  readonly name: string;
  readonly isKey: boolean;
  /**
   * The only member that the column comes from; undefined if the column has several sources or a
   * nested path.
   */
  readonly member: string | undefined;
  readonly paths: readonly (readonly string[])[];
  readonly convert: Convert;
  /** The value to use if the row has no value. */
  readonly fallback: number | null;
}

/** Called with the name of a column for which the API sent a value that does not fit. */
export type ReportMismatch = (column: string) => void;

/**
 * A table's columns and a row of nulls. Copying the row is faster than adding the columns one by
 * one.
 */
interface Shape {
  readonly columns: readonly Column[];
  readonly blank: TableRow;
  /** Returns the data that no column holds; undefined if this data is not kept. */
  readonly extra: ExtraReader | undefined;
}

/** Creates the reader of the endpoint's own table. */
export function rowReader(
  endpoint: Endpoint,
  columns: ReadonlySet<string>,
  timezone: Timezone,
  report: ReportMismatch,
): RowReader {
  const shape = shapeOf(endpoint.stream, endpoint, columns, timezone, usedMembers(endpoint));
  return {
    stream: endpoint.stream,
    read(row, onUnusable) {
      const converted = convertRow(row, shape, report);
      if (converted !== undefined) return [converted];
      onUnusable();
      return [];
    },
  };
}

/** Creates the reader of a child table, which returns one row per array element, in order. */
export function childReader(
  endpoint: Endpoint,
  child: ChildTable,
  columns: ReadonlySet<string>,
  timezone: Timezone,
  report: ReportMismatch,
): RowReader {
  const fromParent = Object.entries(readParent(tables[child.stream])?.columns ?? {});
  const ofParent = new Set(fromParent.map(([name]) => name));
  const parentColumns = new Set(fromParent.map(([, source]) => source));
  const parentShape = shapeOf(endpoint.stream, endpoint, parentColumns, timezone);
  const own = new Set([...columns].filter((name) => !ofParent.has(name) && name !== POSITION));
  const shape = shapeOf(child.stream, child, own, timezone, usedElementMembers(child));
  return {
    stream: child.stream,
    read(row, onUnusable) {
      const elements: JsonValue = row[child.array] ?? [];
      if (!Array.isArray(elements)) {
        onUnusable(`"${child.array}", which is not a list,`);
        return [];
      }
      const parentRow = convertRow(row, parentShape, report);
      return elements
        .filter((element: JsonValue) => element !== null)
        .flatMap((element: JsonValue, position) => {
          const converted = isObject(element) ? convertRow(element, shape, report) : undefined;
          if (converted === undefined || parentRow === undefined) {
            onUnusable(`element ${position + 1} of "${child.array}"`);
            return [];
          }
          return [childRow(converted, parentRow, fromParent, columns, position)];
        });
    },
  };
}

function childRow(
  own: TableRow,
  parent: TableRow,
  fromParent: readonly (readonly [string, string])[],
  columns: ReadonlySet<string>,
  position: number,
): TableRow {
  const row: Record<string, JsonValue> = {};
  for (const [name, source] of fromParent) row[name] = parent[source] ?? null;
  Object.assign(row, own);
  if (columns.has(POSITION)) row[POSITION] = position;
  return row;
}

function shapeOf(
  stream: TableName,
  {
    columns: sources,
    ...endpoint
  }: Pick<Endpoint, 'columns' | 'clocks' | 'zeroIsNull' | 'emptyIsNull' | 'defaults'>,
  wanted: ReadonlySet<string>,
  timezone: Timezone,
  used?: UsedMembers,
): Shape {
  const table = tables[stream];
  const key: readonly string[] = table['x-key'];
  const columns = Object.entries<{ type: string | readonly string[]; format?: string }>(
    table.properties,
  )
    .filter(([name]) => wanted.has(name))
    .map(([name, { type, format }]) => ({
      name,
      isKey: key.includes(name),
      ...origin([sources[name] ?? name].flat()),
      convert: converter(
        {
          type: [type].flat()[0] ?? 'string',
          format,
          clock: endpoint.clocks?.[name] ?? 'zoned',
          zeroIsNull: endpoint.zeroIsNull?.includes(name) ?? false,
          emptyIsNull: endpoint.emptyIsNull?.includes(name) ?? false,
          isKey: key.includes(name),
        },
        timezone,
      ),
      fallback: endpoint.defaults?.[name] ?? null,
    }));
  const blank = Object.fromEntries(columns.map(({ name }) => [name, null]));
  return { columns, blank, extra: used && wanted.has(EXTRA) ? extraReader(used) : undefined };
}

function origin(sources: readonly string[]): Pick<Column, 'member' | 'paths'> {
  const paths = sources.map((path) => path.split('.'));
  const [[member = ''] = []] = paths;
  // Every object inherits members such as `constructor`, which must not be read as data.
  const isPlain = paths.flat().length === 1 && !(member in {});
  return { member: isPlain ? member : undefined, paths };
}

/** @returns undefined if a key column has no value */
function convertRow(
  apiRow: ApiRow,
  { columns, blank, extra }: Shape,
  report: ReportMismatch,
): TableRow | undefined {
  const row: Record<string, JsonValue> = { ...blank };
  let misfits: Set<string> | undefined;
  for (const column of columns) {
    const value = columnValue(apiRow, column);
    if (value === undefined) {
      report(column.name);
      (misfits ??= new Set()).add(column.name);
    }
    if ((value ?? null) === null && column.isKey) return undefined;
    row[column.name] = value ?? null;
  }
  if (extra) row[EXTRA] = extra(apiRow, misfits ?? NO_MISFITS);
  return row;
}

const NO_MISFITS: ReadonlySet<string> = new Set();

/** @returns undefined if the value does not fit the column */
function columnValue(apiRow: ApiRow, column: Column): JsonValue | undefined {
  const { member, convert, fallback } = column;
  if (member === undefined) return firstValue(apiRow, column);
  const value = apiRow[member];
  return value === null || value === undefined ? fallback : convert(value);
}

function firstValue(apiRow: ApiRow, { paths, convert, fallback }: Column): JsonValue | undefined {
  for (const path of paths) {
    const value = valueAt(apiRow, path);
    const converted = value === undefined || value === null ? null : convert(value);
    if (converted !== null) return converted;
  }
  return fallback;
}
