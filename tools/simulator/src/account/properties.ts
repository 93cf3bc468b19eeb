/** `instant` is Edm.DateTimeOffset; texts that hold a date (Meetings.startTime) are `string`. */
export type Scalar = 'int' | 'number' | 'string' | 'boolean' | 'instant';

/** What a member holds: a scalar, an object, or a list of either. */
export type Property = Scalar | Properties | readonly [Scalar | Properties];

export interface Properties {
  readonly [name: string]: Property;
}

/** A row as it goes over the wire. */
export type Row = Readonly<Record<string, unknown>>;

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member at a path such as `lead.id`; null where anything on the way is missing or null. */
export function valueAt(row: Row, path: readonly string[]): unknown {
  let value: unknown = row;
  for (const name of path) {
    if (!isRow(value)) return null;
    value = value[name];
  }
  return value ?? null;
}

/** What a list holds; undefined for what is no list. */
export function elementOf(property: Property): Scalar | Properties | undefined {
  return isList(property) ? property[0] : undefined;
}

/** The members of an object; undefined for a scalar or a list. */
export function membersOf(property: Property | undefined): Properties | undefined {
  return typeof property === 'object' && !isList(property) ? property : undefined;
}

function isList(property: Property): property is readonly [Scalar | Properties] {
  return Array.isArray(property);
}
