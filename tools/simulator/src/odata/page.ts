import type { AccountSet } from '../account/account.ts';
import { isObject, type Row } from '../account/row.ts';
import type { Store } from '../account/store.ts';
import type { Key } from '../seed/ordering.ts';
import { hash } from '../seed/random.ts';
import { matcher } from './expression.ts';
import type { Query } from './query.ts';
import { contains, planScan, type Scan } from './ranges.ts';
import { compareKeys, isInOrder, keysOf, scanRows, type Predicate } from './scan.ts';

interface Page {
  readonly rows: readonly Row[];
  /** True if there are rows after the page. */
  readonly more: boolean;
  /** The number of rows that match the filter. Set only if the query asks for it. */
  readonly count?: number;
}

interface PageRequest {
  readonly query: Query;
  /** The maximum number of rows in a page. */
  readonly cap: number;
  /** Seeds the order of rows with equal keys; undefined for a stable order. */
  readonly shuffle?: number;
}

/** Returns the rows that a query asks for, as the API sends them. */
export function readPage({ view, store }: AccountSet, { query, cap, shuffle }: PageRequest): Page {
  const size = Math.min(query.top ?? cap, cap);
  const matching = Iterator.from(matchingRows(store, query, shuffle));
  const indexes = [...matching.drop(query.skip).take(size + 1)];
  const rows = indexes.slice(0, size).map((index) => view.show(store.row(index) ?? {}));
  return {
    rows: query.select ? rows.map((row) => projection(row, query.select ?? [])) : rows,
    more: indexes.length > size,
    ...(query.count && { count: countRows(store, query) }),
  };
}

/** Returns the number of rows that match a query's filter. */
export function countRows(store: Store, { filter }: Query): number {
  if (!filter) return store.size;
  const { smallest, predicateFor } = plan(store, { filter, orderby: [] });
  return unordered(store, smallest, predicateFor).reduce((rows) => rows + 1, 0);
}

/** Returns only the selected paths of a row. */
function projection(row: Row, select: readonly (readonly string[])[]): Row {
  const picked: Record<string, unknown> = {};
  for (const [name = '', ...rest] of select) {
    const value = row[name];
    const inner = rest.length > 0 && isObject(value) ? projection(value, [rest]) : value;
    const before = picked[name];
    picked[name] = isObject(before) && isObject(inner) ? { ...before, ...inner } : inner;
  }
  return picked;
}

/** Returns the indexes of all matching rows, in the requested order. */
function matchingRows(store: Store, query: Query, shuffle: number | undefined): Iterable<number> {
  const { predicateFor, smallest, ordered } = plan(store, query);
  const [first] = query.orderby;
  if (!first && !query.filter) return store.indexes();
  const sort = (): number[] =>
    sorted(store, query, unordered(store, smallest, predicateFor), shuffle);
  if (ordered && first && isScanCheaper(ordered, smallest)) {
    const indexes = scanRows(store, ordered, predicateFor(ordered), first.descending);
    const complete = isInOrder(ordered.ordering, store.definition.key, query.orderby);
    return complete && shuffle === undefined
      ? indexes
      : sortedGroups(store, query, indexes, shuffle);
  }
  return shuffle === undefined ? cached(store, query, sort) : sort();
}

interface Plan {
  /** Returns the predicate for the rows of a scan, or for all rows if no scan is given. */
  readonly predicateFor: (scan?: Scan) => Predicate;
  /** The scan that reads the fewest rows. */
  readonly smallest: Scan | undefined;
  /** The scan whose path is the first path in `$orderby`. */
  readonly ordered: Scan | undefined;
}

function plan(store: Store, { filter, orderby: [first] }: Pick<Query, 'filter' | 'orderby'>): Plan {
  const scans = store.definition.orderings.map((ordering) => planScan(ordering, filter));
  const row = filter ? matcher(filter) : (): boolean => true;
  const covered = scans[0]?.covers.every((_, at) => scans.some((one) => one.covers[at]));
  const predicateFor = (within?: Scan): Predicate => {
    const others = scans.filter((one) => one !== within && one.covers.includes(true));
    const index = covered
      ? (one: number): boolean => others.every((other) => contains(other, one))
      : (one: number): boolean => row(store.row(one) ?? {});
    return { row, index };
  };
  return {
    predicateFor,
    smallest: scans.toSorted((one, other) => one.size - other.size)[0],
    ordered: scans.find(({ ordering }) => ordering.path === first?.path.join('.')),
  };
}

/** True if reading in order costs less than reading the smallest scan and sorting its rows. */
function isScanCheaper(ordered: Scan, smallest: Scan | undefined): boolean {
  return !smallest || smallest.size * 8 > ordered.size;
}

/** Yields the indexes of all matching rows, in any order. */
function unordered(
  store: Store,
  smallest: Scan | undefined,
  predicateFor: Plan['predicateFor'],
): IteratorObject<number> {
  if (smallest) return scanRows(store, smallest, predicateFor(smallest), false);
  return store.indexes().filter(predicateFor().index);
}

interface Keyed {
  readonly index: number;
  readonly keys: readonly (Key | null)[];
}

/** Sorts rows that are already sorted by the first key, one group with the same key at a time. */
function* sortedGroups(
  store: Store,
  query: Query,
  indexes: Iterable<number>,
  shuffle: number | undefined,
): Generator<number> {
  let group: Keyed[] = [];
  for (const index of indexes) {
    const one = keyed(store, query, index);
    if (group[0] && group[0].keys[0] !== one.keys[0]) {
      yield* sortKeyed(group, query, shuffle);
      group = [];
    }
    group.push(one);
  }
  yield* sortKeyed(group, query, shuffle);
}

function sorted(
  store: Store,
  query: Query,
  indexes: Iterable<number>,
  shuffle: number | undefined,
): number[] {
  return sortKeyed(
    Array.from(indexes, (index) => keyed(store, query, index)),
    query,
    shuffle,
  );
}

function keyed(store: Store, { orderby }: Query, index: number): Keyed {
  return { index, keys: orderby.length === 0 ? [] : keysOf(store.row(index) ?? {}, orderby) };
}

/** Rows with equal keys are ordered by index or, if `shuffle` is given, at random. */
function sortKeyed(rows: Keyed[], { orderby }: Query, shuffle: number | undefined): number[] {
  const shuffled = orderby.length > 0 && shuffle !== undefined;
  const tie = ({ index }: Keyed): number => (shuffled ? hash(shuffle, 3, index) : index);
  return rows
    .sort((one, other) => compareKeys(one.keys, other.keys, orderby) || tie(one) - tie(other))
    .map(({ index }) => index);
}

/** The most recent sorted results, cached because all pages of a read repeat the same query. */
const results = new Map<string, number[]>();
const storeNumbers = new WeakMap<Store, number>();
let lastStore = 0;

function cached(store: Store, query: Query, sort: () => number[]): number[] {
  const number = storeNumbers.get(store) ?? (lastStore += 1);
  storeNumbers.set(store, number);
  const key = JSON.stringify([number, store.version, query.filter, query.orderby]);
  const result = results.get(key) ?? sort();
  results.delete(key);
  results.set(key, result);
  const [oldest] = results.keys();
  if (results.size > 4 && oldest !== undefined) results.delete(oldest);
  return result;
}
