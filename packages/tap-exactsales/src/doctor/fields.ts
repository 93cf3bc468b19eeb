import { type JsonValue, isObject } from '@exact-spotter/singer';
import { zoneSuffix, type AccountClock } from '../clock.ts';
import { feedReaders } from '../feed.ts';
import type { Feed } from '../plan.ts';
import { valueAt, type WireRow } from '../row.ts';
import type { SetLiteral } from '../streams.ts';
import { knownMembers, unknownMembers } from '../unknown-fields.ts';
import { columnSamples, elements, type ColumnSample } from './column-samples.ts';
import type { FieldFinding } from './finding.ts';

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
    lists: named(columns, listsOf),
    ...readAll(feed, rows, clock),
  };
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
  const suffixes = values({ sources, objects }).flatMap((value) =>
    typeof value === 'string' ? (zoneSuffix(value) ?? []) : [],
  );
  return [...new Set(suffixes)].map((suffix) => (suffix === '' ? 'none' : suffix));
}

/** What the lists are made of that one text is made of. */
function listsOf(column: ColumnSample): string[] {
  const kinds = values(column).flatMap((value) =>
    Array.isArray(value) ? (value as readonly JsonValue[]).map(kindOf) : [],
  );
  return [...new Set(kinds)];
}

function kindOf(element: JsonValue): string {
  if (isObject(element)) return 'objects';
  return typeof element === 'string' ? 'texts' : 'other values';
}

function values({
  sources,
  objects,
}: Pick<ColumnSample, 'sources' | 'objects'>): (JsonValue | undefined)[] {
  return objects.flatMap((object) => sources.map((source) => valueAt(object, source.split('.'))));
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
