import { written, type Moment, type Zone } from './instant.ts';
import { Draws, hash, saltOf } from './random.ts';

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

/**
 * What the specification leaves open about the objects themselves: an account is made one way or
 * the other, so that its rows are always what goes over the wire.
 */
export interface Shapes {
  /** Elements of a user's `groupList`: names, or objects with an id and a value. */
  readonly groupList: 'strings' | 'objects';
  /** Elements of a lead's `telephones`: numbers as texts, or objects with a number. */
  readonly telephones: 'strings' | 'objects';
  readonly painPointKey: 'painPointId' | 'painPoint.id' | 'id';
  readonly messagingId: 'idMessagingPlatform' | 'idMessagingPlataform';
  readonly questionId: 'questionId' | 'questionID';
  /** The suffix of the dates whose zone nobody documents. */
  readonly zone: Zone;
  /** How `default` and `type` of a source are written. */
  readonly sourceFlags: 'boolean' | 'text' | 'number';
  /** Every object bears members that no specification knows. */
  readonly unknownFields: boolean;
  /** Decimals (prices, values, quantities) as texts. */
  readonly numbersAsStrings: boolean;
  /** Members of a lead that a row of LeadsAndPersons lacks. */
  readonly leadsAndPersonsLack: readonly string[];
}

export const likelyShapes: Shapes = {
  groupList: 'strings',
  telephones: 'strings',
  painPointKey: 'painPointId',
  messagingId: 'idMessagingPlatform',
  questionId: 'questionId',
  zone: 'Z',
  sourceFlags: 'boolean',
  unknownFields: false,
  numbersAsStrings: false,
  leadsAndPersonsLack: [],
};
