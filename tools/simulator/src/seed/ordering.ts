import { comparable, type Moment } from './moment.ts';
import type { Timeline } from './timeline.ts';

export type Key = string | number;

/**
 * An order in which generated rows can be read without sorting them. The row at each rank can be
 * computed, and keys ascend with the rank.
 */
export interface Ordering {
  /** The member by which the rows are sorted. */
  readonly path: string;
  /** The members by which rows with equal values are sorted. */
  readonly tieBreakers: readonly string[];
  readonly size: number;
  readonly indexAt: (rank: number) => number;
  readonly rankOf: (index: number) => number;
  /** Returns the value by which the row at this rank is sorted, in a comparable form. */
  readonly keyAt: (rank: number) => Key;
}

/** Creates an ordering by a key that grows with the row's index. */
export function byKey(
  path: string,
  size: number,
  keyAt: (index: number) => Key,
  tieBreakers: readonly string[] = [],
): Ordering {
  return { path, tieBreakers, size, indexAt: (rank) => rank, rankOf: (index) => index, keyAt };
}

/**
 * Creates an ordering by a date.
 * @param format formats the date as the set does
 * @param asText if true, dates are compared as strings instead of moments
 */
export function byTime(
  path: string,
  timeline: Timeline,
  format: (moment: Moment) => string,
  tieBreakers: readonly string[],
  asText = false,
): Ordering {
  return {
    path,
    tieBreakers,
    size: timeline.count,
    indexAt: (rank) => timeline.indexAt(rank),
    rankOf: (index) => timeline.rankOf(index),
    keyAt: (rank) => {
      const text = format(timeline.momentAt(rank));
      return asText ? text : (comparable(text) ?? text);
    },
  };
}

/** Returns the first rank whose key is at least `key` or, if `after` is true, greater than `key`. */
export function lowerBound({ size, keyAt }: Ordering, key: Key, after = false): number {
  let [low, high] = [0, size];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = keyAt(middle);
    if (after ? found <= key : found < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
