/**
 * An unsigned 32-bit number that depends on all of its parts and on nothing else: what is made from
 * an index need not be kept.
 */
export function hash(seed: number, salt: number, index: number): number {
  let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(salt + 0x7f4a7c15, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) ^ Math.imul(index + 1, 0x297a2d39);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x165667b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x27d4eb2f);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A number for a name, so that each set draws from numbers of its own. */
export function saltOf(name: string): number {
  let salt = 0;
  for (let at = 0; at < name.length; at += 1) salt = hash(salt, name.charCodeAt(at), at);
  return salt;
}

/** Numbers drawn one after the other; the same seed draws the same (mulberry32). */
export class Draws {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0, and below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** From 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.below(choices.length)];
    if (choice === undefined) throw new Error('there is nothing to pick from');
    return choice;
  }

  /** The value that is made, or null as often as `probability` says. */
  orNull<T>(probability: number, make: () => T): T | null {
    return this.chance(probability) ? null : make();
  }
}
