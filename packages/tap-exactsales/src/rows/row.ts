import { readParent, tables, type TableName } from '@exact-spotter/schema';
import { isObject, type JsonValue } from '@exact-spotter/singer';
import type { ApiRow } from '../api/odata.ts';
import type { ChildTable, Endpoint } from '../endpoints.ts';
import { valueAt } from './path.ts';
import type { Timezone } from './timezone.ts';
import { converter, type Convert } from './value.ts';

/** A row of a table: column → value. */
export type TableRow = Readonly<Record<string, JsonValue>>;

/** Reads the rows of one table out of an object of the API. */
export interface RowReader {
  readonly stream: TableName;
  /** None for an object whose key column holds nothing: it is counted under {@link withoutKey}. */
  read(row: ApiRow): readonly TableRow[];
  /** How many rows had no key so far. */
  readonly withoutKey: number;
}

interface Column {
  readonly name: string;
  readonly isKey: boolean;
  /** The one member that it comes from; missing where there are several, or a longer way. */
  readonly member: string | undefined;
  readonly paths: readonly (readonly string[])[];
  readonly convert: Convert;
  readonly zeroIsNull: boolean;
  readonly instead: number | null;
}

/** Hears of a column whose value the API sent in another kind than the column holds. */
export type ReportMismatch = (column: string) => void;

/** A table's columns, and a row in which all are null: made of it, a row need not grow column by column. */
interface Shape {
  readonly columns: readonly Column[];
  readonly blank: TableRow;
}

/** The reader of the set's own table. */
export function rowReader(
  endpoint: Endpoint,
  columns: ReadonlySet<string>,
  timezone: Timezone,
  report: ReportMismatch,
): RowReader {
  const compiled = compile(endpoint.stream, endpoint, columns, timezone);
  const reader = {
    stream: endpoint.stream,
    withoutKey: 0,
    read(row: ApiRow): TableRow[] {
      const made = makeRow(row, compiled, report);
      if (made === undefined) reader.withoutKey += 1;
      return made === undefined ? [] : [made];
    },
  };
  return reader;
}

/** The reader of a child table: a row for each element of the array, in its order. */
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
  const parent = compile(endpoint.stream, endpoint, parentColumns, timezone);
  const own = new Set([...columns].filter((name) => !ofParent.has(name) && name !== POSITION));
  const compiled = compile(child.stream, child, own, timezone);
  const reader = {
    stream: child.stream,
    withoutKey: 0,
    read(row: ApiRow): TableRow[] {
      const elements = row[child.array];
      if (!Array.isArray(elements)) return [];
      const parentRow = makeRow(row, parent, report);
      return elements
        .filter((element: JsonValue) => isObject(element))
        .flatMap((element, position) => {
          const made = makeRow(element, compiled, report);
          if (made === undefined || parentRow === undefined) {
            reader.withoutKey += 1;
            return [];
          }
          return [childRow(made, parentRow, fromParent, columns, position)];
        });
    },
  };
  return reader;
}

/** The key of elements that have none of their own. */
const POSITION = 'position';

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

function compile(
  stream: TableName,
  {
    columns: sources,
    ...endpoint
  }: Pick<Endpoint, 'columns' | 'clocks' | 'zeroIsNull' | 'instead'>,
  wanted: ReadonlySet<string>,
  timezone: Timezone,
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
        [type].flat()[0] ?? 'string',
        format,
        endpoint.clocks?.[name] ?? 'zoned',
        timezone,
      ),
      zeroIsNull: endpoint.zeroIsNull?.includes(name) ?? false,
      instead: endpoint.instead?.[name] ?? null,
    }));
  return { columns, blank: Object.fromEntries(columns.map(({ name }) => [name, null])) };
}

function origin(sources: readonly string[]): Pick<Column, 'member' | 'paths'> {
  const paths = sources.map((path) => path.split('.'));
  const [[member = ''] = []] = paths;
  // A name such as `constructor` is on every object, though the row lacks it.
  const isPlain = paths.flat().length === 1 && !(member in {});
  return { member: isPlain ? member : undefined, paths };
}

/** Undefined where a key column holds nothing. */
function makeRow(
  wire: ApiRow,
  { columns, blank }: Shape,
  report: ReportMismatch,
): TableRow | undefined {
  const row: Record<string, JsonValue> = { ...blank };
  for (const column of columns) {
    const value = columnValue(wire, column, report);
    if (value === null && column.isKey) return undefined;
    row[column.name] = value;
  }
  return row;
}

function columnValue(wire: ApiRow, column: Column, report: ReportMismatch): JsonValue {
  const { member } = column;
  const value = member === undefined ? firstValue(wire, column.paths) : wire[member];
  if (value === null || value === undefined) return column.instead;
  if (column.zeroIsNull && value === 0) return null;
  const converted = column.convert(value);
  if (converted === undefined) report(column.name);
  return converted ?? null;
}

function firstValue(wire: ApiRow, paths: Column['paths']): JsonValue {
  for (const path of paths) {
    const value = valueAt(wire, path);
    if (value !== undefined && value !== null) return value;
  }
  return null;
}
