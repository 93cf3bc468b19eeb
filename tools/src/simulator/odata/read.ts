import type { AccountSet } from '../account/sets.ts';
import { isRow, type Row } from '../account/properties.ts';
import { hash } from '../account/random.ts';
import type { Store } from '../account/store.ts';
import { stretch, type Stretch } from './bounds.ts';
import { compareKeys, keysOf } from './comparing.ts';
import { condition } from './condition.ts';
import type { Query } from './options.ts';
import { follows, walk } from './walk.ts';

export interface Page {
  readonly rows: readonly Row[];
  /** Whether there are rows beyond the page. */
  readonly more: boolean;
  /** How many rows pass the filter, where the query asks for it. */
  readonly count?: number;
}

interface Reading {
  readonly query: Query;
  /** Rows in a page at most. */
  readonly cap: number;
  /** Rows with equal keys come in another order with each number; undefined: always in the same. */
  readonly shuffle?: number;
}

/** The rows that a query asks for, as they go over the wire. */
export function read({ view, store }: AccountSet, { query, cap, shuffle }: Reading): Page {
  const size = Math.min(query.top ?? cap, cap);
  const indexes = take(found(store, query, shuffle), query.skip, size + 1);
  const rows = indexes.slice(0, size).map((index) => view.show(store.row(index) ?? {}));
  return {
    rows: query.select ? rows.map((row) => projection(row, query.select ?? [])) : rows,
    more: indexes.length > size,
    ...(query.count && { count: count(store, query) }),
  };
}

/** How many rows pass the filter of a query. */
export function count(store: Store, { filter }: Query): number {
  if (!filter) return store.size;
  const { narrow, passes } = plan(store, { filter, orderby: [], skip: 0, count: true });
  if (!narrow) return [...store.indexes()].filter((one) => passes(store.row(one) ?? {})).length;
  let rows = 0;
  for (const index of walk(store, narrow, passes, false)) if (index >= 0) rows += 1;
  return rows;
}

function take(indexes: Iterable<number>, skip: number, size: number): number[] {
  return [...Iterator.from(indexes).drop(skip).take(size)];
}

/** The indexes of all rows that pass, in the order asked for. */
function found(store: Store, query: Query, shuffle: number | undefined): Iterable<number> {
  const { passes, narrow, ordered } = plan(store, query);
  const [first] = query.orderby;
  if (!first && !query.filter) return store.indexes();
  if (ordered && shuffle === undefined && worthWalking(ordered, narrow)) {
    return walk(store, ordered, passes, first?.descending ?? false);
  }
  if (shuffle !== undefined) return sorted(store, query, narrow, passes, shuffle);
  return remembered(store, query, () => sorted(store, query, narrow, passes));
}

interface Plan {
  readonly passes: (row: Row) => boolean;
  /** The stretch with the fewest rows to look at. */
  readonly narrow: Stretch | undefined;
  /** The stretch that has the order asked for. */
  readonly ordered: Stretch | undefined;
}

function plan(store: Store, { filter, orderby }: Query): Plan {
  const stretches = store.definition.orderings.map((ordering) => stretch(ordering, filter));
  return {
    passes: filter ? condition(filter) : () => true,
    narrow: stretches.toSorted((one, other) => one.size - other.size)[0],
    ordered: stretches.find(({ ordering }) => follows(ordering, store.definition.key, orderby)),
  };
}

/** Not when sorting what another order leaves is less than walking past what does not pass. */
function worthWalking(ordered: Stretch, narrow: Stretch | undefined): boolean {
  return ordered.exact || !narrow || narrow.size * 8 > ordered.size;
}

function sorted(
  store: Store,
  { orderby }: Query,
  narrow: Stretch | undefined,
  passes: Plan['passes'],
  shuffle?: number,
): number[] {
  const passing = narrow
    ? [...walk(store, narrow, passes, false)]
    : [...store.indexes()].filter((index) => passes(store.row(index) ?? {}));
  const tie = (index: number): number => (shuffle === undefined ? index : hash(shuffle, 3, index));
  if (orderby.length === 0) return passing.sort((one, other) => one - other);
  return passing
    .map((index) => ({ index, keys: keysOf(store.row(index) ?? {}, orderby), tie: tie(index) }))
    .sort((one, other) => compareKeys(one.keys, other.keys, orderby) || one.tie - other.tie)
    .map(({ index }) => index);
}

/** The last few results that had to be sorted: the pages of one reading ask for the same again. */
const results = new Map<string, number[]>();
const stores = new WeakMap<Store, number>();
let nextStore = 0;

function remembered(store: Store, query: Query, make: () => number[]): number[] {
  const number = stores.get(store) ?? (nextStore += 1);
  stores.set(store, number);
  const key = JSON.stringify([number, store.version, query.filter, query.orderby]);
  const result = results.get(key) ?? make();
  results.delete(key);
  results.set(key, result);
  const [oldest] = results.keys();
  if (results.size > 4 && oldest !== undefined) results.delete(oldest);
  return result;
}

/** An object of which one member is selected comes with that member alone. */
function projection(row: Row, select: readonly (readonly string[])[]): Row {
  const picked: Record<string, unknown> = {};
  for (const [name = '', ...rest] of select) {
    const value = row[name];
    const inner = rest.length > 0 && isRow(value) ? projection(value, [rest]) : value;
    const before = picked[name];
    picked[name] = isRow(before) && isRow(inner) ? { ...before, ...inner } : inner;
  }
  return picked;
}
