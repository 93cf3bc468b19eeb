import { readParent, tables, type TableName } from '@exact-spotter/schema';
import type { JsonValue } from '@exact-spotter/singer';
import { zoneSuffix, type AccountClock } from '../clock.ts';
import { feedReaders } from '../feed.ts';
import type { Feed } from '../plan.ts';
import { valueAt, type WireRow } from '../row.ts';
import type { SetLiteral } from '../streams.ts';
import { knownMembers, unknownMembers } from '../unknown-fields.ts';
import { isObject } from '../value.ts';
import type { FieldFinding } from './finding.ts';

/** A column, and the objects that it was looked for in. */
interface ColumnSample {
  /** `stream.column` */
  readonly name: string;
  /** Where it may stand, the likeliest first. */
  readonly sources: readonly string[];
  readonly objects: readonly WireRow[];
  /** A date-time of which no zone is documented. */
  readonly isZoned: boolean;
}

/** What the rows of a page show of the columns that are made of them. */
export function fieldFinding(
  feed: Feed,
  rows: readonly WireRow[],
  clock: AccountClock,
): FieldFinding {
  const columns = columnSamples(feed.set, rows);
  return {
    unknown: [...unknownMembers(rows, knownMembers(feed.set))],
    missing: [...missingArrays(feed.set, rows), ...columns.filter(isMissing).map(nameOf)],
    spellings: named(
      columns.filter(({ sources }) => sources.length > 1),
      spellingsOf,
    ),
    zones: named(
      columns.filter(({ isZoned }) => isZoned),
      zonesOf,
    ),
    ...readAll(feed, rows, clock),
  };
}

function columnSamples(set: SetLiteral, rows: readonly WireRow[]): ColumnSample[] {
  const children = set.children ?? [];
  return [
    ...tableSamples(set.stream, set, rows),
    ...children.flatMap((child) =>
      tableSamples(child.stream, child, elements(rows, child.array).filter(isObject)),
    ),
  ];
}

function tableSamples(
  stream: TableName,
  { columns, clocks = {} }: Pick<SetLiteral, 'columns' | 'clocks'>,
  objects: readonly WireRow[],
): ColumnSample[] {
  const elsewhere = readParent(tables[stream]);
  const own = Object.entries<{ type: unknown; format?: string }>(tables[stream].properties).filter(
    ([column]) => !elsewhere || (column !== 'position' && !(column in elsewhere.columns)),
  );
  return own.map(([column, { format }]) => ({
    name: `${stream}.${column}`,
    sources: [columns[column] ?? column].flat(),
    objects,
    isZoned: format === 'date-time' && clocks[column] === undefined,
  }));
}

function elements(rows: readonly WireRow[], array: string): JsonValue[] {
  return rows.flatMap((row) => {
    const list = row[array];
    return Array.isArray(list) ? (list as readonly JsonValue[]) : [];
  });
}

function missingArrays({ children = [] }: SetLiteral, rows: readonly WireRow[]): string[] {
  const isBorne = (array: string): boolean => rows.some((row) => Object.hasOwn(row, array));
  return children.flatMap(({ stream, array }) =>
    rows.length === 0 || isBorne(array) ? [] : [`${stream} (${array})`],
  );
}

/** No object bears any of its sources. Of what stands inside a null nobody knows. */
function isMissing({ sources, objects }: ColumnSample): boolean {
  const lacks = (object: WireRow): boolean => sources.every((source) => isLacking(object, source));
  return objects.length > 0 && objects.every(lacks);
}

function isLacking(object: WireRow, source: string): boolean {
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

function zonesOf({ sources, objects }: ColumnSample): string[] {
  const written = objects.flatMap((object) =>
    sources.map((source) => valueAt(object, source.split('.'))),
  );
  const suffixes = written.flatMap((value) =>
    typeof value === 'string' ? (zoneSuffix(value) ?? []) : [],
  );
  return [...new Set(suffixes)].map((suffix) => (suffix === '' ? 'none' : suffix));
}

function nameOf({ name }: ColumnSample): string {
  return name;
}

function named(
  columns: readonly ColumnSample[],
  tell: (column: ColumnSample) => string[],
): Record<string, readonly string[]> {
  return Object.fromEntries(
    columns.map((column) => [column.name, tell(column)] as const).filter(([, told]) => told[0]),
  );
}

/** Makes the tables' rows of all that came, as a run does, and keeps only what went amiss. */
function readAll(
  feed: Feed,
  rows: readonly WireRow[],
  clock: AccountClock,
): Pick<FieldFinding, 'misfits' | 'rows_without_key'> {
  const misfits = new Set<string>();
  const readers = feedReaders(feed, clock, (stream) => (column) => {
    misfits.add(`${stream}.${column}`);
  });
  for (const row of rows) for (const reader of readers) reader.read(row);
  for (const { stream, array } of feed.set.children ?? []) {
    if (!elements(rows, array).every(isObject)) misfits.add(`${stream} (${array})`);
  }
  return {
    misfits: [...misfits],
    rows_without_key: readers.reduce((sum, { withoutKey }) => sum + withoutKey, 0),
  };
}
