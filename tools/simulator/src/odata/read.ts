import type { AccountSet } from '../account/sets.ts';
import { isRow, type Row } from '../account/properties.ts';
import type { Store } from '../account/store.ts';
import { countOf, found } from './find.ts';
import type { Query } from './options.ts';

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
