import { comparable, type Moment } from './moment.ts';
import type { Timeline } from './timeline.ts';

export type Key = string | number;

/**
 * An order in which generated rows can be read without sorting them. The row at each rank is
 * computed. Keys ascend with the rank.
 */
export interface Ordering {
  /** The member by which the rows are sorted. */
  readonly path: string;
  /** The members by which rows with equal values are sorted. */
  readonly tieBreakers: readonly string[];
  readonly size: number;
  /** The number of rows whose member is null, which have the first ranks (default: 0). */
  readonly nulls?: number;
  readonly indexAt: (rank: number) => number;
  readonly rankOf: (index: number) => number;
  /** Returns the value by which the row at this rank is sorted, in a comparable form. */
  readonly keyAt: (rank: number) => Key;
}

/** The key of rows whose member is null. It is less than all other keys. */
const NULL_KEY = '';

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
 * @param undated the member's value in rows without a moment
 */
export function byTime(
  path: string,
  timeline: Timeline,
  format: (moment: Moment) => string,
  tieBreakers: readonly string[],
  asText = false,
  undated: string | null = null,
): Ordering {
  const undatedKey = undated === null ? NULL_KEY : (comparable(undated) ?? undated);
  return {
    path,
    tieBreakers,
    size: timeline.count,
    nulls: undated === null ? timeline.undated : 0,
    indexAt: (rank) => timeline.indexAt(rank),
    rankOf: (index) => timeline.rankOf(index),
    keyAt: (rank) => {
      if (rank < timeline.undated) return undatedKey;
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
