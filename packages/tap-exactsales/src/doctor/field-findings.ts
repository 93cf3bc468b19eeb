import { tables, type TableName } from '@exact-spotter/schema';
import { isObject, parseDateTime, readParent, type JsonValue } from '@exact-spotter/singer';
import type { ApiRow } from '../api/odata.ts';
import type { SelectedEndpoint } from '../catalog.ts';
import type { Endpoint } from '../endpoints.ts';
import { valueAt } from '../rows/api-members.ts';
import { knownMembers, unknownMembers } from '../rows/unknown-fields.ts';
import { readersOf } from '../rows/readers.ts';
import { isNoDate, type Timezone } from '../rows/timezone.ts';
import type { FieldFinding } from './findings.ts';

/** Returns what the rows of a page show about the columns. */
export function fieldFinding(
  selected: SelectedEndpoint,
  rows: readonly ApiRow[],
  timezone: Timezone,
): FieldFinding {
  const { endpoint } = selected;
  const columns = columnSamples(endpoint, rows);
  return {
    unknown: [...unknownMembers(rows, knownMembers(endpoint))],
    missing: [
      ...missingArrays(endpoint, rows),
      ...columns.filter(isMissing).map(({ name }) => name),
    ],
    spellings: byColumn(
      columns.filter(({ sources }) => sources.length > 1),
      spellingsOf,
    ),
    zones: byColumn(
      columns.filter(({ isZoned }) => isZoned),
      zonesOf,
    ),
    lists: byColumn(columns, listsOf),
    year_one: columns.filter(hasYearOne).map(({ name }) => name),
    ...readAll(selected, rows, timezone),
  };
}

/** A column, and the objects that may contain it. */
interface ColumnSample {
  /** `stream.column` */
  readonly name: string;
  /** Paths where the column may be found, most likely first. */
  readonly sources: readonly string[];
  readonly objects: readonly ApiRow[];
  /** True for a date-time whose zone is not documented. */
  readonly isZoned: boolean;
}

/** Returns the columns of an endpoint's tables, starting with the endpoint's own table. */
function columnSamples(endpoint: Endpoint, rows: readonly ApiRow[]): ColumnSample[] {
  const children = endpoint.children ?? [];
  return [
    ...tableSamples(endpoint.stream, endpoint, rows),
    ...children.flatMap((child) => {
      const objects = elementsOf(rows, child.array).filter((element) => isObject(element));
      return tableSamples(child.stream, child, objects);
    }),
  ];
}

function tableSamples(
  stream: TableName,
  { columns, clocks = {} }: Pick<Endpoint, 'columns' | 'clocks'>,
  objects: readonly ApiRow[],
): ColumnSample[] {
  const parent = readParent(tables[stream]);
  const own = Object.entries<{ type: unknown; format?: string }>(tables[stream].properties).filter(
    ([column]) => !parent || (column !== 'position' && !(column in parent.columns)),
  );
  return own.map(([column, { format }]) => ({
    name: `${stream}.${column}`,
    sources: [columns[column] ?? column].flat(),
    objects,
    isZoned: format === 'date-time' && ['zoned', 'picked'].includes(clocks[column] ?? 'zoned'),
  }));
}

/** Returns the array elements of all rows. */
function elementsOf(rows: readonly ApiRow[], array: string): JsonValue[] {
  return rows.flatMap((row) => {
    const list = row[array];
    return Array.isArray(list) ? (list as readonly JsonValue[]) : [];
  });
}

function missingArrays({ children = [] }: Endpoint, rows: readonly ApiRow[]): string[] {
  return children
    .filter(({ array }) => rows.length > 0 && !rows.some((row) => Object.hasOwn(row, array)))
    .map(({ stream, array }) => `${stream} (${array})`);
}

/**
 * True if no object has any of the column's sources. A member of a null value is unknown, not
 * missing.
 */
function isMissing({ sources, objects }: ColumnSample): boolean {
  const lacksAll = (object: ApiRow): boolean => sources.every((source) => lacks(object, source));
  return objects.length > 0 && objects.every(lacksAll);
}

function lacks(object: ApiRow, source: string): boolean {
  const path = source.split('.');
  const parents = path.slice(0, -1).map((_, at) => path.slice(0, at + 1));
  if (parents.some((parent) => valueAt(object, parent) === null)) return false;
  return valueAt(object, path) === undefined;
}

function spellingsOf({ sources, objects }: ColumnSample): string[] {
  return sources.filter((source) =>
    objects.some((object) => valueAt(object, source.split('.')) !== undefined),
  );
}

function zonesOf(column: ColumnSample): string[] {
  const zones = valuesOf(column).flatMap((value) =>
    typeof value === 'string' ? (parseDateTime(value.trim())?.zone ?? []) : [],
  );
  return [...new Set(zones)].map((zone) => (zone === '' ? 'none' : zone));
}

function hasYearOne(column: ColumnSample): boolean {
  return valuesOf(column).some((value) => typeof value === 'string' && isNoDate(value));
}

/** Returns the kinds of elements in the column's lists, each of which becomes one string. */
function listsOf(column: ColumnSample): string[] {
  const kinds = valuesOf(column).flatMap((value) =>
    Array.isArray(value) ? (value as readonly JsonValue[]).map(kindOf) : [],
  );
  return [...new Set(kinds)];
}

function kindOf(element: JsonValue): string {
  if (isObject(element)) return 'objects';
  return typeof element === 'string' ? 'texts' : 'other values';
}

function valuesOf({ sources, objects }: ColumnSample): (JsonValue | undefined)[] {
  return objects.flatMap((object) => sources.map((source) => valueAt(object, source.split('.'))));
}

/** Returns the findings by column, without columns that have no finding. */
function byColumn(
  columns: readonly ColumnSample[],
  find: (column: ColumnSample) => string[],
): Record<string, readonly string[]> {
  const found = columns.map((column) => [column.name, find(column)] as const);
  return Object.fromEntries(found.filter(([, values]) => values.length > 0));
}

/** Converts all rows as a run does, but returns only the problems. */
function readAll(
  selected: SelectedEndpoint,
  rows: readonly ApiRow[],
  timezone: Timezone,
): Pick<FieldFinding, 'misfits' | 'rows_without_key'> {
  const misfits = new Set<string>();
  const readers = readersOf(selected, timezone, (stream) => (column) => {
    misfits.add(`${stream}.${column}`);
  });
  let withoutKey = 0;
  const onUnusable = (): void => void (withoutKey += 1);
  for (const row of rows) for (const reader of readers) reader.read(row, onUnusable);
  for (const { stream, array } of selected.endpoint.children ?? []) {
    if (!elementsOf(rows, array).every(isObject)) misfits.add(`${stream} (${array})`);
  }
  return { misfits: [...misfits], rows_without_key: withoutKey };
}
