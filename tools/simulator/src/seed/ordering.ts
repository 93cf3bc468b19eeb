import { comparable, type Moment } from './instant.ts';
import type { Timeline } from './timeline.ts';

export type Key = string | number;

/**
 * An order in which the rows that were made from the seed can be read without sorting them: the
 * n-th row is a formula, and what it is ordered by never falls.
 */
export interface Ordering {
  readonly path: string;
  /** What orders the rows with equal values: the set's key. */
  readonly then: readonly string[];
  readonly size: number;
  readonly indexAt: (rank: number) => number;
  readonly rankOf: (index: number) => number;
  /** What the row of that rank is ordered by, in a form that can be compared. */
  readonly keyAt: (rank: number) => Key;
}

/** By a key that grows with the index. */
export function byKey(
  path: string,
  size: number,
  keyAt: (index: number) => Key,
  then: readonly string[] = [],
): Ordering {
  return { path, then, size, indexAt: (rank) => rank, rankOf: (index) => index, keyAt };
}

/** By a date, as the set writes it: compared as a moment, or as a text where `asText` says so. */
export function byTime(
  path: string,
  timeline: Timeline,
  write: (moment: Moment) => string,
  then: readonly string[],
  asText = false,
): Ordering {
  return {
    path,
    then,
    size: timeline.count,
    indexAt: (rank) => timeline.indexAt(rank),
    rankOf: (index) => timeline.rankOf(index),
    keyAt: (rank) => {
      const text = write(timeline.momentAt(rank));
      return asText ? text : (comparable(text) ?? text);
    },
  };
}

/** The first rank whose key is not below the given one; with `after`, the first above it. */
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
