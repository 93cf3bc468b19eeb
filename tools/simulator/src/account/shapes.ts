import type { Zone } from './instant.ts';

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
