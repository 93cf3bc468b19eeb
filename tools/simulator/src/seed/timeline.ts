import type { Moment } from './instant.ts';
import { hash } from './random.ts';

interface TimelineOptions {
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly seed: number;
  /** How many rows share each moment; 1 unless told. */
  readonly together?: number;
  /** How many rows in the middle share one moment, beside the others; 0 unless told. */
  readonly crowd?: number;
  /** No fraction of a second, and whole minutes where there is room: for an agenda. */
  readonly agenda?: true;
}

interface Group {
  readonly start: number;
  readonly indexes: readonly number[];
}

const MINUTE = 60_000;

/**
 * One moment for each row of a set, in an order that is not the rows' own: which row is the n-th in
 * time, and which moment that is, are formulas. Rows of one moment stand in the order of their index.
 */
export class Timeline {
  readonly count: number;
  readonly #options: TimelineOptions;
  readonly #order: Permutation;
  readonly #crowd: { readonly from: number; readonly to: number };
  #lastGroup: Group | undefined;
  #crowdGroup: Group | undefined;

  constructor(options: TimelineOptions) {
    this.count = options.count;
    this.#options = options;
    this.#order = new Permutation(options.count, hash(options.seed, 1, 1));
    const middle = Math.floor(options.count / 2);
    this.#crowd = { from: middle, to: Math.min(middle + (options.crowd ?? 0), options.count) };
  }

  indexAt(rank: number): number {
    const { start, indexes } = this.#group(rank);
    return indexes[rank - start] ?? 0;
  }

  rankOf(index: number): number {
    const { start, indexes } = this.#group(this.#order.rankOf(index));
    return start + position(indexes, index);
  }

  /** The moment of a row, written with as many digits as this row happens to have. */
  moment(index: number): Moment {
    if (index >= this.count) return { ms: this.#options.to, fraction: '' };
    const { ms, fraction } = this.momentAt(this.#order.rankOf(index));
    if (this.#options.agenda) return { ms, fraction };
    // Zeros at the end say nothing, and the server writes them or does not.
    const zeros = (hash(this.#options.seed, 5, index) % 3) * 4;
    return { ms, fraction: fraction.padEnd(Math.min(7, zeros), '0') };
  }

  /** The moment at a rank, with no more digits than it needs. */
  momentAt(rank: number): Moment {
    const { from, to, seed, agenda } = this.#options;
    const start = this.#start(rank);
    const gap = (to - from) / this.count;
    const ms = Math.floor(from + (start + (hash(seed, 2, start) / 0x1_0000_0000) * 0.5) * gap);
    const grain = gap > 15 * MINUTE ? 15 * MINUTE : gap > MINUTE ? MINUTE : 1000;
    if (agenda) return { ms: Math.floor(ms / grain) * grain, fraction: '' };
    if (this.#inCrowd(start)) return { ms: Math.floor(ms / 1000) * 1000, fraction: '' };
    const fraction = `${String(ms % 1000).padStart(3, '0')}${this.#ticks(start)}`;
    return { ms, fraction: fraction.slice(0, digits(hash(seed, 4, start))) };
  }

  #ticks(start: number): string {
    return String(hash(this.#options.seed, 3, start) % 10_000).padStart(4, '0');
  }

  #inCrowd(rank: number): boolean {
    return rank >= this.#crowd.from && rank < this.#crowd.to;
  }

  /** The first rank of the same moment. */
  #start(rank: number): number {
    if (this.#inCrowd(rank)) return this.#crowd.from;
    const together = this.#options.together ?? 1;
    const first = rank - (rank % together);
    return rank >= this.#crowd.to ? Math.max(first, this.#crowd.to) : first;
  }

  #group(rank: number): Group {
    const start = this.#start(rank);
    if (this.#inCrowd(rank)) return (this.#crowdGroup ??= this.#gather(start));
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

/** Where in ascending numbers one stands. */
function position(numbers: readonly number[], wanted: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Seven digits for nine in ten, as a sample of 3,000 real leads had them; 6, 5, 4 or none at times. */
function digits(drawn: number): number {
  const place = drawn % 50;
  return place < 5 ? ([6, 5, 4, 0, 3][place] ?? 7) : 7;
}

/** A shuffle of 0 … size - 1 that is a formula, both ways: a million rows need no list. */
export class Permutation {
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

function coprime(from: number, size: number): number {
  let factor = Math.max(1, from);
  while (greatestDivisor(factor, size) > 1) factor += 1;
  return factor;
}

function greatestDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestDivisor(other, one % other);
}

/** The number that undoes a multiplication by `factor`, modulo `size` (extended Euclid). */
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
