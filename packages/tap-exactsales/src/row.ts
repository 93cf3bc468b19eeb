import { readParent, tables, type TableName } from '@exact-spotter/schema';
import { type JsonValue, isObject, log } from '@exact-spotter/singer';
import type { AccountClock } from './clock.ts';
import type { ChildLiteral, SetLiteral } from './streams.ts';
import { converter, type Convert } from './value.ts';

/** An object of the API, as it came. */
export type WireRow = Readonly<Record<string, JsonValue>>;

/** A row of a table: column → value. */
export type TableRow = Readonly<Record<string, JsonValue>>;

/** Reads the rows of one table out of an object of the API. */
export interface RowReader {
  readonly stream: TableName;
  /** None for an object whose key column holds nothing: it is counted under {@link withoutKey}. */
  read(row: WireRow): readonly TableRow[];
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
export type Misfit = (column: string) => void;

/** A table's columns, and a row in which all are null: made of it, a row need not grow column by column. */
interface Shape {
  readonly columns: readonly Column[];
  readonly blank: TableRow;
}

/** The reader of the set's own table. */
export function rowReader(
  set: SetLiteral,
  columns: ReadonlySet<string>,
  clock: AccountClock,
  misfit: Misfit,
): RowReader {
  const compiled = compile(set.stream, set, columns, clock);
  const reader = {
    stream: set.stream,
    withoutKey: 0,
    read(row: WireRow): TableRow[] {
      const made = makeRow(row, compiled, misfit);
      if (made === undefined) reader.withoutKey += 1;
      return made === undefined ? [] : [made];
    },
  };
  return reader;
}

/** The reader of a child table: a row for each element of the array, in its order. */
export function childReader(
  set: SetLiteral,
  child: ChildLiteral,
  columns: ReadonlySet<string>,
  clock: AccountClock,
  misfit: Misfit,
): RowReader {
  const fromParent = Object.entries(readParent(tables[child.stream])?.columns ?? {});
  const ofParent = new Set(fromParent.map(([name]) => name));
  const parentColumns = new Set(fromParent.map(([, source]) => source));
  const parent = compile(set.stream, set, parentColumns, clock);
  const own = new Set([...columns].filter((name) => !ofParent.has(name) && name !== POSITION));
  const compiled = compile(child.stream, child, own, clock);
  const reader = {
    stream: child.stream,
    withoutKey: 0,
    read(row: WireRow): TableRow[] {
      const elements = row[child.array];
      if (!Array.isArray(elements)) return [];
      const parentRow = makeRow(row, parent, misfit);
      return elements
        .filter((element: JsonValue) => isObject(element))
        .flatMap((element, position) => {
          const made = makeRow(element, compiled, misfit);
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
  { columns: sources, ...set }: Pick<SetLiteral, 'columns' | 'clocks' | 'zeroIsNull' | 'instead'>,
  wanted: ReadonlySet<string>,
  clock: AccountClock,
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
        set.clocks?.[name] ?? 'zoned',
        clock,
      ),
      zeroIsNull: set.zeroIsNull?.includes(name) ?? false,
      instead: set.instead?.[name] ?? null,
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
function makeRow(wire: WireRow, { columns, blank }: Shape, misfit: Misfit): TableRow | undefined {
  const row: Record<string, JsonValue> = { ...blank };
  for (const column of columns) {
    const value = columnValue(wire, column, misfit);
    if (value === null && column.isKey) return undefined;
    row[column.name] = value;
  }
  return row;
}

function columnValue(wire: WireRow, column: Column, misfit: Misfit): JsonValue {
  const { member } = column;
  const value = member === undefined ? firstValue(wire, column.paths) : wire[member];
  if (value === null || value === undefined) return column.instead;
  if (column.zeroIsNull && value === 0) return null;
  const converted = column.convert(value);
  if (converted === undefined) misfit(column.name);
  return converted ?? null;
}

function firstValue(wire: WireRow, paths: Column['paths']): JsonValue {
  for (const path of paths) {
    const value = valueAt(wire, path);
    if (value !== undefined && value !== null) return value;
  }
  return null;
}

/** Undefined where the path leads nowhere. */
export function valueAt(wire: WireRow, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = wire;
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** Says once for each column that the API sends what the column cannot hold. */
export function misfits(stream: TableName): Misfit {
  const said = new Set<string>();
  return (column) => {
    if (said.has(column)) return;
    said.add(column);
    log.warning(
      `${stream}.${column}: the API sent a value of another kind than the column holds, and it was left empty.`,
      { stream },
    );
  };
}
