import { formatMoment, NO_DATE, type Moment, type Zone } from './moment.ts';
import { hash, Random, saltOf } from './random.ts';

/** The data that all sets of an account share. */
export interface World {
  readonly seed: number;
  /** The number of generated leads. */
  readonly leads: number;
  /**
   * When the account was created, in milliseconds since 1970. Generated past events are earlier.
   */
  readonly now: number;
  readonly shapes: Shapes;
  /** Returns a random number generator for a row. For the same row, it yields the same numbers. */
  random(set: string, index: number): Random;
  /** The value of a missing date, as selected by `shapes.undated`. */
  readonly undated: string | null;
  /** Formats a date whose zone is undocumented, with the suffix in `shapes.zone`. */
  date(moment: Moment): string;
}

export function createWorld(seed: number, leads: number, now: number, shapes: Shapes): World {
  const salts = new Map<string, number>();
  return {
    seed,
    leads,
    now,
    shapes,
    undated: shapes.undated === 'null' ? null : NO_DATE,
    random: (set, index) => {
      let salt = salts.get(set);
      if (salt === undefined) salts.set(set, (salt = saltOf(set)));
      return new Random(hash(seed, salt, index));
    },
    date: (moment) => formatMoment(moment, shapes.zone),
  };
}

/**
 * Variants of the API's objects where the specification is silent or contradicts itself. The
 * account contains them because its rows must be exactly what the API sends.
 */
export interface Shapes {
  /** Elements of a user's `groupList`: names, or objects with an ID and a value. */
  readonly groupList: 'strings' | 'objects';
  /** Elements of a lead's `telephones`: numbers as strings, or objects with a number. */
  readonly telephones: 'strings' | 'objects';
  readonly painPointKey: 'painPointId' | 'painPoint.id' | 'id';
  readonly messagingId: 'idMessagingPlatform' | 'idMessagingPlataform';
  readonly questionId: 'questionId' | 'questionID';
  /** The suffix of dates whose zone is undocumented. */
  readonly zone: Zone;
  /** The type of `default` and `type` of a source. */
  readonly sourceFlags: 'boolean' | 'text' | 'number';
  /** Adds undocumented members to every object. */
  readonly unknownFields: boolean;
  /** Sends decimals (prices, values, quantities) as strings. */
  readonly numbersAsStrings: boolean;
  /** The value of a missing date in members that clients filter by: null or .NET's year one. */
  readonly undated: 'null' | 'yearOne';
  /** True if some custom field values have no `updateDate`. */
  readonly undatedCustomFields: boolean;
  /** The lead members that LeadsAndPersons does not send. */
  readonly leadsAndPersonsLack: readonly string[];
}

/** The most likely variants. */
export const defaultShapes: Shapes = {
  groupList: 'strings',
  telephones: 'strings',
  painPointKey: 'painPointId',
  messagingId: 'idMessagingPlatform',
  questionId: 'questionId',
  zone: 'Z',
  sourceFlags: 'boolean',
  unknownFields: false,
  numbersAsStrings: false,
  undated: 'null',
  undatedCustomFields: false,
  leadsAndPersonsLack: [],
};

/** Returns the ID at an index. Like real IDs, these IDs grow with the index and have gaps. */
export function idAt(base: number, index: number): number {
  return base + index * 3 + (hash(base, 7, index) % 3);
}

/** Returns the index of an ID, which must come from `idAt` with the same base. */
export function indexOfId(base: number, id: number): number {
  return Math.floor((id - base) / 3);
}
