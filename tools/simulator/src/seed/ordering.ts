import { comparable, type Moment } from './instant.ts';
import type { Timeline } from './timeline.ts';

export type Key = string | number;

/**
 * An order in which generated rows can be read without sorting them: the row at each rank is
 * computed, and the keys ascend with the rank.
 */
export interface Ordering {
  /** The member that the rows are ordered by. */
  readonly path: string;
  /** The members that order rows with equal values. */
  readonly tieBreakers: readonly string[];
  readonly size: number;
  readonly indexAt: (rank: number) => number;
  readonly rankOf: (index: number) => number;
  /** Returns the value that the row at this rank is ordered by, in a comparable form. */
  readonly keyAt: (rank: number) => Key;
}

/** Orders rows by a key that grows with their index. */
export function byKey(
  path: string,
  size: number,
  keyAt: (index: number) => Key,
  tieBreakers: readonly string[] = [],
): Ordering {
  return { path, tieBreakers, size, indexAt: (rank) => rank, rankOf: (index) => index, keyAt };
}

/**
 * Orders rows by a date.
 * @param format prints the date as the set does
 * @param asText compares the dates as strings instead of moments
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

/** Returns the first rank whose key is at least `key`, or with `after` the first whose key is greater. */
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
