import { valueAt, type Row } from '../account/row.ts';
import type { Store } from '../account/store.ts';
import { comparable } from '../seed/instant.ts';
import { lowerBound, type Key, type Ordering } from '../seed/ordering.ts';
import type { Stretch } from './bounds.ts';
import type { Order } from './query.ts';

interface Placed {
  readonly index: number;
  readonly row: Row;
  /** The rank of the first row of the seed that comes after it. */
  readonly rank: number;
}

interface Places {
  readonly version: number;
  readonly rows: readonly Placed[];
}

/** Where edited rows stand among the others; computed again only after an edit. */
const known = new WeakMap<Ordering, Places>();

/** Which rows pass a filter: a row of the seed by its index, so that it need not be made. */
export interface Passing {
  readonly row: (row: Row) => boolean;
  readonly index: (index: number) => boolean;
}

/** The indexes of the rows of a stretch that pass, in its order. */
export function walk(
  store: Store,
  { ordering, ranges }: Stretch,
  passes: Passing,
  descending: boolean,
): Generator<number> {
  const edited = placed(store, ordering).filter(({ row }) => passes.row(row));
  const made = (index: number): boolean => !store.isEdited(index) && passes.index(index);
  const way = descending ? backwards : forwards;
  return way(ordering, ranges, edited, made);
}

type Ranges = Stretch['ranges'];

function* forwards(
  ordering: Ordering,
  ranges: Ranges,
  edited: readonly Placed[],
  made: (index: number) => boolean,
): Generator<number> {
  let next = 0;
  for (const { from, to } of ranges) {
    for (let rank = from; rank < to; rank += 1) {
      for (let one = edited[next]; one && one.rank <= rank; one = edited[next]) {
        yield one.index;
        next += 1;
      }
      const index = ordering.indexAt(rank);
      if (made(index)) yield index;
    }
  }
  for (const { index } of edited.slice(next)) yield index;
}

function* backwards(
  ordering: Ordering,
  ranges: Ranges,
  edited: readonly Placed[],
  made: (index: number) => boolean,
): Generator<number> {
  let next = edited.length - 1;
  for (const { from, to } of ranges.toReversed()) {
    for (let rank = to - 1; rank >= from; rank -= 1) {
      for (let one = edited[next]; one && one.rank > rank; one = edited[next]) {
        yield one.index;
        next -= 1;
      }
      const index = ordering.indexAt(rank);
      if (made(index)) yield index;
    }
  }
  for (const { index } of edited.slice(0, next + 1).toReversed()) yield index;
}

function placed(store: Store, ordering: Ordering): readonly Placed[] {
  const found = known.get(ordering);
  if (found?.version === store.version) return found.rows;
  const orderby = naturalOrder(store, ordering);
  const rows = store
    .edited()
    .map(([index, row]) => ({ index, row, rank: rankOf(store, ordering, orderby, row) }))
    .map((one) => ({ ...one, keys: keysOf(one.row, orderby) }))
    .sort((one, other) => compareKeys(one.keys, other.keys, orderby) || one.index - other.index);
  known.set(ordering, { version: store.version, rows });
  return rows;
}

/** An ordering's own path, then what orders its ties. */
function naturalOrder({ definition }: Store, { path, then }: Ordering): Order[] {
  return [path, ...then].map((one) => ({
    path: one.split('.'),
    instant: definition.properties[one] === 'instant',
    descending: false,
  }));
}

function rankOf(store: Store, ordering: Ordering, orderby: readonly Order[], row: Row): number {
  const [key] = keysOf(row, orderby);
  if (key === null || key === undefined) return 0;
  let rank = lowerBound(ordering, key);
  const last = lowerBound(ordering, key, true);
  // Among rows with an equal key it stands behind those that come before it by the rest.
  while (rank < last && comesBefore(store, ordering.indexAt(rank), row, orderby)) rank += 1;
  return rank;
}

function comesBefore(store: Store, index: number, row: Row, orderby: readonly Order[]): boolean {
  const made = store.definition.row(index);
  return compareKeys(keysOf(made, orderby), keysOf(row, orderby), orderby) < 0;
}

/** Whether an order asked for is the order of an ordering, either way round. */
export function follows(
  { path, then }: Ordering,
  key: readonly string[],
  orderby: readonly Order[],
): boolean {
  const natural = [path, ...then];
  const [first] = orderby;
  // Beyond the set's key nothing is left to be ordered.
  const most = key.every((one) => natural.includes(one)) ? orderby.length : natural.length;
  return (
    first !== undefined &&
    orderby.length <= most &&
    orderby.every(({ descending }) => descending === first.descending) &&
    natural.every((one, at) => one === (orderby[at]?.path.join('.') ?? one))
  );
}

/** What a row is ordered by, in forms that can be compared; null comes first. */
export function keysOf(row: Row, orderby: readonly Omit<Order, 'descending'>[]): (Key | null)[] {
  return orderby.map(({ path, instant }) => {
    const value = valueAt(row, path);
    if (typeof value === 'string') return instant ? (comparable(value) ?? null) : value;
    if (typeof value === 'boolean') return Number(value);
    return typeof value === 'number' ? value : null;
  });
}

export function compareKeys(
  one: readonly (Key | null)[],
  other: readonly (Key | null)[],
  orderby: readonly { readonly descending: boolean }[],
): number {
  for (const [at, { descending }] of orderby.entries()) {
    const order = compare(one[at] ?? null, other[at] ?? null);
    if (order !== 0) return descending ? -order : order;
  }
  return 0;
}

function compare(one: Key | null, other: Key | null): number {
  if (one === other) return 0;
  if (one === null) return -1;
  return other === null || one > other ? 1 : -1;
}
