import { millisecondsInMinute } from 'date-fns/constants';
import type { Moment } from './moment.ts';
import { hash } from './random.ts';

interface TimelineOptions {
  /** The number of rows. */
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly seed: number;
  /** The number of rows that share each moment (default: 1). */
  readonly rowsPerMoment?: number;
  /** The number of rows without a moment. These rows have the first ranks, in index order. */
  readonly undated?: number;
  /** The number of rows in the middle of the timeline that share a single moment (default: 0). */
  readonly burst?: number;
  /** Rounds moments to whole seconds or, if the rows are far enough apart, to 1 or 15 minutes. */
  readonly agenda?: true;
}

/** The rows that share a moment. */
interface Group {
  /** The rank of the group's first row. */
  readonly start: number;
  readonly indexes: readonly number[];
}

/**
 * Assigns a moment to each row of a set, in shuffled order. Moments and ranks are computed instead of
 * stored. Rows that share a moment are ordered by index.
 */
export class Timeline {
  readonly count: number;
  readonly #options: TimelineOptions;
  readonly #order: Permutation;
  readonly #burst: { readonly from: number; readonly to: number };
  /** The number of rows that have no moment. */
  readonly undated: number;
  #lastGroup: Group | undefined;
  #undatedGroup: Group | undefined;
  #burstGroup: Group | undefined;

  constructor(options: TimelineOptions) {
    this.count = options.count;
    this.undated = Math.min(options.undated ?? 0, options.count);
    this.#options = options;
    this.#order = new Permutation(options.count, hash(options.seed, 1, 1));
    const middle = Math.floor(options.count / 2);
    this.#burst = { from: middle, to: Math.min(middle + (options.burst ?? 0), options.count) };
  }

  /** Returns the index of the row at a rank in chronological order. */
  indexAt(rank: number): number {
    const { start, indexes } = this.#group(rank);
    return indexes[rank - start] ?? 0;
  }

  /** Returns the number of rows before this row in chronological order. */
  rankOf(index: number): number {
    const { start, indexes } = this.#group(this.#order.rankOf(index));
    return start + position(indexes, index);
  }

  /** True if the row has no moment. */
  isUndated(index: number): boolean {
    return index < this.count && this.#order.rankOf(index) < this.undated;
  }

  /** Returns the moment of a row. Some rows have trailing zeros in the fraction. */
  moment(index: number): Moment {
    if (index >= this.count) return { ms: this.#options.to, fraction: '' };
    const { ms, fraction } = this.momentAt(this.#order.rankOf(index));
    if (this.#options.agenda) return { ms, fraction };
    // The real server sometimes sends trailing zeros, which have no meaning.
    const zeros = (hash(this.#options.seed, 5, index) % 3) * 4;
    return { ms, fraction: fraction.padEnd(Math.min(7, zeros), '0') };
  }

  /** Returns the moment at a rank, without trailing zeros. */
  momentAt(rank: number): Moment {
    const { from, to, seed, agenda } = this.#options;
    const start = this.#start(rank);
    const gap = (to - from) / this.count;
    const ms = Math.floor(from + (start + (hash(seed, 2, start) / 0x1_0000_0000) * 0.5) * gap);
    const grain =
      gap > 15 * millisecondsInMinute
        ? 15 * millisecondsInMinute
        : gap > millisecondsInMinute
          ? millisecondsInMinute
          : 1000;
    if (agenda) return { ms: Math.floor(ms / grain) * grain, fraction: '' };
    if (this.#inBurst(start)) return { ms: Math.floor(ms / 1000) * 1000, fraction: '' };
    const fraction = `${String(ms % 1000).padStart(3, '0')}${this.#ticks(start)}`;
    return { ms, fraction: fraction.slice(0, digitCount(hash(seed, 4, start))) };
  }

  #ticks(start: number): string {
    return String(hash(this.#options.seed, 3, start) % 10_000).padStart(4, '0');
  }

  #inBurst(rank: number): boolean {
    return rank >= this.#burst.from && rank < this.#burst.to;
  }

  /** Returns the first rank that has the same moment as this rank. */
  #start(rank: number): number {
    if (rank < this.undated) return 0;
    if (this.#inBurst(rank)) return this.#burst.from;
    const { rowsPerMoment = 1 } = this.#options;
    const first = Math.max(rank - (rank % rowsPerMoment), this.undated);
    return rank >= this.#burst.to ? Math.max(first, this.#burst.to) : first;
  }

  #group(rank: number): Group {
    const start = this.#start(rank);
    if (rank < this.undated) return (this.#undatedGroup ??= this.#gather(start));
    if (this.#inBurst(rank)) return (this.#burstGroup ??= this.#gather(start));
    if (this.#lastGroup?.start !== start) this.#lastGroup = this.#gather(start);
    return this.#lastGroup;
  }

  #gather(start: number): Group {
    const indexes: number[] = [];
    for (let rank = start; rank < this.count && this.#start(rank) === start; rank += 1) {
      indexes.push(this.#order.indexAt(rank));
    }
    return { start, indexes: indexes.sort((one, other) => one - other) };
  }
}

/** Returns the position of a number in an ascending list (binary search). */
function position(numbers: readonly number[], wanted: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Returns the number of fraction digits of a moment. Nine out of ten moments have 7 digits, as in a
 * sample of 3,000 real leads; the rest have 6, 5, 4, 3 or 0 digits.
 */
function digitCount(drawn: number): number {
  const place = drawn % 50;
  return place < 5 ? ([6, 5, 4, 0, 3][place] ?? 7) : 7;
}

/** A shuffle of 0 … size - 1. Both directions are computed, so no list of all rows is needed. */
class Permutation {
  readonly #size: number;
  readonly #factor: number;
  readonly #inverse: number;
  readonly #shift: number;

  constructor(size: number, seed: number) {
    this.#size = size;
    this.#factor = coprime(Math.floor(size * 0.618) + (seed % 7), size);
    this.#inverse = inverse(this.#factor, size);
    this.#shift = size === 0 ? 0 : seed % size;
  }

  rankOf(index: number): number {
    return (index * this.#factor + this.#shift) % this.#size;
  }

  indexAt(rank: number): number {
    return ((rank - this.#shift + this.#size) * this.#inverse) % this.#size;
  }
}

/** Returns the smallest number that is at least `from` and coprime to `size`. */
function coprime(from: number, size: number): number {
  let factor = Math.max(1, from);
  while (greatestCommonDivisor(factor, size) > 1) factor += 1;
  return factor;
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}

/** Returns the multiplicative inverse of `factor` modulo `size` (extended Euclidean algorithm). */
function inverse(factor: number, size: number): number {
  let [old, rest] = [factor, size];
  let [oldFactor, restFactor] = [1, 0];
  while (rest !== 0) {
    const quotient = Math.floor(old / rest);
    [old, rest] = [rest, old - quotient * rest];
    [oldFactor, restFactor] = [restFactor, oldFactor - quotient * restFactor];
  }
  return size === 0 ? 0 : ((oldFactor % size) + size) % size;
}
