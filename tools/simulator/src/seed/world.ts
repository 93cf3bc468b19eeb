import { formatMoment, type Moment, type Zone } from './instant.ts';
import { hash, Random, saltOf } from './random.ts';

/** Milliseconds. */
export const DAY = 24 * 60 * 60 * 1000;

/** What all sets of an account have in common. */
export interface World {
  readonly seed: number;
  /** How many leads are generated. */
  readonly leads: number;
  /** When the account was created, in milliseconds since 1970. No generated history is later. */
  readonly now: number;
  readonly shapes: Shapes;
  /** Returns the random numbers of one row: the same each time the row is generated. */
  random(set: string, index: number): Random;
  /** Formats a date whose zone is undocumented, with the suffix that `shapes.zone` chooses. */
  date(moment: Moment): string;
}

export function createWorld(seed: number, leads: number, now: number, shapes: Shapes): World {
  const salts = new Map<string, number>();
  return {
    seed,
    leads,
    now,
    shapes,
    random: (set, index) => {
      let salt = salts.get(set);
      if (salt === undefined) salts.set(set, (salt = saltOf(set)));
      return new Random(hash(seed, salt, index));
    },
    date: (moment) => formatMoment(moment, shapes.zone),
  };
}

/**
 * Variants of the objects, where the specification is silent or contradicts itself. They belong to
 * the account, so that its rows are always exactly what is sent.
 */
export interface Shapes {
  /** Elements of a user's `groupList`: names, or objects with an id and a value. */
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
  /** Members of a lead that LeadsAndPersons does not send. */
  readonly leadsAndPersonsLack: readonly string[];
}

/** The most likely variant of each. */
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
  leadsAndPersonsLack: [],
};

/** Returns the id at an index. Ids grow with the index and have gaps, like the real ones. */
export function idAt(base: number, index: number): number {
  return base + index * 3 + (hash(base, 7, index) % 3);
}

/** Returns the index of an id. The id must come from `idAt` with the same base. */
export function indexOfId(base: number, id: number): number {
  return Math.floor((id - base) / 3);
}
