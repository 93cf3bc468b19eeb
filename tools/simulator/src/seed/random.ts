/**
 * Mixes its arguments into an unsigned 32-bit number. The same arguments yield the same number, so
 * values derived from an index can be recomputed instead of stored.
 */
export function hash(seed: number, salt: number, index: number): number {
  let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(salt + 0x7f4a7c15, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) ^ Math.imul(index + 1, 0x297a2d39);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x165667b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x27d4eb2f);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Derives a salt from a set's name, so that each set has different random numbers. */
export function saltOf(name: string): number {
  let salt = 0;
  for (let at = 0; at < name.length; at += 1) salt = hash(salt, name.charCodeAt(at), at);
  return salt;
}

/** A random number generator (mulberry32). The same seed yields the same sequence. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Returns a number from 0 (inclusive) to 1 (exclusive). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** Returns an integer from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** Returns true with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /**
   * Returns a random choice.
   * @throws Error if there are no choices
   */
  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.below(choices.length)];
    if (choice === undefined) throw new Error('Cannot pick from an empty list.');
    return choice;
  }

  /** Returns null with the given probability, otherwise the result of `create`. */
  orNull<T>(probability: number, create: () => T): T | null {
    return this.chance(probability) ? null : create();
  }
}
