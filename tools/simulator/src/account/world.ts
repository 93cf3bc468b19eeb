import { written, type Moment } from './instant.ts';
import { Draws, hash, saltOf } from './random.ts';
import type { Shapes } from './shapes.ts';

/** What every set of one account is made from. */
export interface World {
  readonly seed: number;
  readonly leads: number;
  /** When the account was made, in milliseconds since 1970: nothing in the past is later. */
  readonly now: number;
  readonly shapes: Shapes;
  /** Draws for one row, the same each time the row is made. */
  draws(set: string, index: number): Draws;
  /** A date whose zone nobody documents. */
  date(moment: Moment): string;
}

export function createWorld(seed: number, leads: number, now: number, shapes: Shapes): World {
  const salts = new Map<string, number>();
  return {
    seed,
    leads,
    now,
    shapes,
    draws: (set, index) => {
      let salt = salts.get(set);
      if (salt === undefined) salts.set(set, (salt = saltOf(set)));
      return new Draws(hash(seed, salt, index));
    },
    date: (moment) => written(moment, shapes.zone),
  };
}

/** Ids grow with the index, with gaps as the real ones have. */
export function idAt(base: number, index: number): number {
  return base + index * 3 + (hash(base, 7, index) % 3);
}

/** The index whose id this is, if it is one. */
export function indexOfId(base: number, id: number): number {
  return Math.floor((id - base) / 3);
}

export const DAY = 24 * 60 * 60 * 1000;
