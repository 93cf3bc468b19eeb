import { comparable } from '../account/instant.ts';
import type { Key } from '../account/ordering.ts';
import { valueAt, type Row } from '../account/properties.ts';
import type { Order } from './options.ts';

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
