import type { AccountSet } from '../account/account.ts';
import { isRow, type Row } from '../account/row.ts';
import type { Store } from '../account/store.ts';
import type { Key } from '../seed/ordering.ts';
import { hash } from '../seed/random.ts';
import { contains, stretch, type Stretch } from './bounds.ts';
import { condition, type Expression } from './expression.ts';
import type { Query } from './query.ts';
import { compareKeys, follows, keysOf, walk, type Passing } from './walk.ts';

interface Page {
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
  return filter ? countOf(store, filter) : store.size;
}

function take(indexes: Iterable<number>, skip: number, size: number): number[] {
  return [...Iterator.from(indexes).drop(skip).take(size)];
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

/** The indexes of all rows that pass, in the order asked for. */
function found(store: Store, query: Query, shuffle: number | undefined): Iterable<number> {
  const { passing, narrow, ordered } = plan(store, query);
  const [first] = query.orderby;
  if (!first && !query.filter) return store.indexes();
  const make = (): number[] => sorted(store, query, all(store, narrow, passing), shuffle);
  if (ordered && first && worthWalking(ordered, narrow)) {
    const indexes = walk(store, ordered, passing(ordered), first.descending);
    const natural = follows(ordered.ordering, store.definition.key, query.orderby);
    return natural && shuffle === undefined ? indexes : grouped(store, query, indexes, shuffle);
  }
  return shuffle === undefined ? remembered(store, query, make) : make();
}

/** How many rows pass a filter. */
function countOf(store: Store, filter: Expression): number {
  const { narrow, passing } = plan(store, { filter, orderby: [] });
  let rows = 0;
  for (const index of all(store, narrow, passing)) if (index >= 0) rows += 1;
  return rows;
}

interface Plan {
  /** What passes among the rows of a stretch, or among all. */
  readonly passing: (within?: Stretch) => Passing;
  /** The stretch with the fewest rows to look at. */
  readonly narrow: Stretch | undefined;
  /** The stretch that has the order asked for, save among equals. */
  readonly ordered: Stretch | undefined;
}

function plan(store: Store, { filter, orderby: [first] }: Pick<Query, 'filter' | 'orderby'>): Plan {
  const stretches = store.definition.orderings.map((ordering) => stretch(ordering, filter));
  const row = filter ? condition(filter) : (): boolean => true;
  const covered = stretches[0]?.covers.every((_, at) => stretches.some((one) => one.covers[at]));
  const passing = (within?: Stretch): Passing => {
    const others = stretches.filter((one) => one !== within && one.covers.includes(true));
    const index = covered
      ? (one: number): boolean => others.every((other) => contains(other, one))
      : (one: number): boolean => row(store.row(one) ?? {});
    return { row, index };
  };
  return {
    passing,
    narrow: stretches.toSorted((one, other) => one.size - other.size)[0],
    ordered: stretches.find(({ ordering }) => ordering.path === first?.path.join('.')),
  };
}

/** Not when sorting what another order leaves is less than walking past what does not pass. */
function worthWalking(ordered: Stretch, narrow: Stretch | undefined): boolean {
  return !narrow || narrow.size * 8 > ordered.size;
}

/** The indexes of all rows that pass, in any order. */
function all(
  store: Store,
  narrow: Stretch | undefined,
  passing: Plan['passing'],
): Iterable<number> {
  if (narrow) return walk(store, narrow, passing(narrow), false);
  return Iterator.from(store.indexes()).filter(passing().index);
}

interface Keyed {
  readonly index: number;
  readonly keys: readonly (Key | null)[];
}

/** Sorts the rows of each value of the first order as they go by. */
function* grouped(
  store: Store,
  query: Query,
  indexes: Iterable<number>,
  shuffle: number | undefined,
): Generator<number> {
  let group: Keyed[] = [];
  for (const index of indexes) {
    const one = keyed(store, query, index);
    if (group[0] && group[0].keys[0] !== one.keys[0]) {
      yield* inOrder(group, query, shuffle);
      group = [];
    }
    group.push(one);
  }
  yield* inOrder(group, query, shuffle);
}

function sorted(
  store: Store,
  query: Query,
  indexes: Iterable<number>,
  shuffle: number | undefined,
): number[] {
  return inOrder(
    Array.from(indexes, (index) => keyed(store, query, index)),
    query,
    shuffle,
  );
}

function keyed(store: Store, { orderby }: Query, index: number): Keyed {
  return { index, keys: orderby.length === 0 ? [] : keysOf(store.row(index) ?? {}, orderby) };
}

/** Equals stand oldest first; or anyhow, where they are shuffled and an order is asked for. */
function inOrder(rows: Keyed[], { orderby }: Query, shuffle: number | undefined): number[] {
  const shuffled = orderby.length > 0 && shuffle !== undefined;
  const tie = ({ index }: Keyed): number => (shuffled ? hash(shuffle, 3, index) : index);
  return rows
    .sort((one, other) => compareKeys(one.keys, other.keys, orderby) || tie(one) - tie(other))
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
