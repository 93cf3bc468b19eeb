import { valueAt, type Row } from '../account/row.ts';
import type { Store } from '../account/store.ts';
import { comparable } from '../seed/moment.ts';
import { lowerBound, type Key, type Ordering } from '../seed/ordering.ts';
import type { Scan } from './ranges.ts';
import type { Order } from './query.ts';

/**
 * Tests rows against a filter. If possible, `index` tests a generated row without generating it.
 */
export interface Predicate {
  readonly row: (row: Row) => boolean;
  readonly index: (index: number) => boolean;
}

/** Yields the indexes of the matching rows of a scan, in the scan's order. */
export function scanRows(
  store: Store,
  { ordering, ranges }: Scan,
  matches: Predicate,
  descending: boolean,
): Generator<number> {
  const edited = editedRows(store, ordering).filter(({ row }) => matches.row(row));
  const isMatch = (index: number): boolean => !store.isEdited(index) && matches.index(index);
  return (descending ? backward : forward)(ordering, ranges, edited, isMatch);
}

interface EditedRow {
  readonly index: number;
  readonly row: Row;
  /** The rank of the first generated row after this row. */
  readonly rank: number;
}

/** The edited rows in each ordering, cached until the next edit of the store. */
const cache = new WeakMap<
  Ordering,
  { readonly version: number; readonly rows: readonly EditedRow[] }
>();

type Ranges = Scan['ranges'];

function* forward(
  ordering: Ordering,
  ranges: Ranges,
  edited: readonly EditedRow[],
  isMatch: (index: number) => boolean,
): Generator<number> {
  let next = 0;
  for (const { from, to } of ranges) {
    for (let rank = from; rank < to; rank += 1) {
      for (let one = edited[next]; one && one.rank <= rank; one = edited[next]) {
        yield one.index;
        next += 1;
      }
      const index = ordering.indexAt(rank);
      if (isMatch(index)) yield index;
    }
  }
  for (const { index } of edited.slice(next)) yield index;
}

function* backward(
  ordering: Ordering,
  ranges: Ranges,
  edited: readonly EditedRow[],
  isMatch: (index: number) => boolean,
): Generator<number> {
  let next = edited.length - 1;
  for (const { from, to } of ranges.toReversed()) {
    for (let rank = to - 1; rank >= from; rank -= 1) {
      for (let one = edited[next]; one && one.rank > rank; one = edited[next]) {
        yield one.index;
        next -= 1;
      }
      const index = ordering.indexAt(rank);
      if (isMatch(index)) yield index;
    }
  }
  for (const { index } of edited.slice(0, next + 1).toReversed()) yield index;
}

function editedRows(store: Store, ordering: Ordering): readonly EditedRow[] {
  const cached = cache.get(ordering);
  if (cached?.version === store.version) return cached.rows;
  const orderby = orderOf(store, ordering);
  const rows = store
    .edited()
    .map(([index, row]) => ({ index, row, rank: rankOf(store, ordering, orderby, row) }))
    .map((one) => ({ ...one, keys: keysOf(one.row, orderby) }))
    .sort((one, other) => compareKeys(one.keys, other.keys, orderby) || one.index - other.index);
  cache.set(ordering, { version: store.version, rows });
  return rows;
}

/** Returns an ordering's path and tie-breakers in the form of `$orderby`. */
function orderOf({ definition }: Store, { path, tieBreakers }: Ordering): Order[] {
  return [path, ...tieBreakers].map((one) => ({
    path: one.split('.'),
    instant: definition.properties[one] === 'instant',
    descending: false,
  }));
}

function rankOf(store: Store, ordering: Ordering, orderby: readonly Order[], row: Row): number {
  const [key] = keysOf(row, orderby);
  if (key === undefined) return 0;
  let rank = key === null ? 0 : lowerBound(ordering, key);
  const last = key === null ? (ordering.nulls ?? 0) : lowerBound(ordering, key, true);
  // Skip generated rows with the same key that the tie-breakers place before the row.
  while (rank < last && comesBefore(store, ordering.indexAt(rank), row, orderby)) rank += 1;
  return rank;
}

function comesBefore(store: Store, index: number, row: Row, orderby: readonly Order[]): boolean {
  const generated = store.definition.row(index);
  return compareKeys(keysOf(generated, orderby), keysOf(row, orderby), orderby) < 0;
}

/** True if reading the ordering, forward or backward, yields the requested order. */
export function isInOrder(
  { path, tieBreakers }: Ordering,
  key: readonly string[],
  orderby: readonly Order[],
): boolean {
  const paths = [path, ...tieBreakers];
  const [first] = orderby;
  // Paths after the set's key have no effect because keys are unique.
  const maximum = key.every((one) => paths.includes(one)) ? orderby.length : paths.length;
  return (
    first !== undefined &&
    orderby.length <= maximum &&
    orderby.every(({ descending }) => descending === first.descending) &&
    paths.every((one, at) => one === (orderby[at]?.path.join('.') ?? one))
  );
}

/** Returns the values by which a row is sorted, in a comparable form. */
export function keysOf(row: Row, orderby: readonly Omit<Order, 'descending'>[]): (Key | null)[] {
  return orderby.map(({ path, instant }) => {
    const value = valueAt(row, path);
    if (typeof value === 'string') return instant ? (comparable(value) ?? null) : value;
    if (typeof value === 'boolean') return Number(value);
    return typeof value === 'number' ? value : null;
  });
}

/** Compares two rows by their keys. Null sorts first. */
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
