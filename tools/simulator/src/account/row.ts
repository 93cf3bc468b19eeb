import type { Shapes } from '../seed/world.ts';

/** `instant` is Edm.DateTimeOffset. Dates that the API declares as strings have the type `string`. */
export type Scalar = 'int' | 'number' | 'string' | 'boolean' | 'instant';

/** The type of a member: a scalar, an object, or a list of either. */
export type Property = Scalar | Properties | readonly [Scalar | Properties];

export interface Properties {
  readonly [name: string]: Property;
}

/** A row as the API sends it. */
export type Row = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the member at a path such as `lead.id`; null if any part of the path is missing or null. */
export function valueAt(row: Row, path: readonly string[]): unknown {
  let value: unknown = row;
  for (const name of path) {
    if (!isObject(value)) return null;
    value = value[name];
  }
  return value ?? null;
}

/** Returns the type of a list's elements; undefined for other types. */
export function elementOf(property: Property): Scalar | Properties | undefined {
  return isList(property) ? property[0] : undefined;
}

/** Returns the members of an object; undefined for other types. */
export function membersOf(property: Property | undefined): Properties | undefined {
  return typeof property === 'object' && !isList(property) ? property : undefined;
}

function isList(property: Property): property is readonly [Scalar | Properties] {
  return Array.isArray(property);
}

/** A set as clients see it: its name and the members that it sends. */
export interface View {
  readonly name: string;
  readonly properties: Properties;
  /** Returns the row as the API sends it. */
  show(row: Row): Row;
}

interface ViewOptions {
  readonly name?: string;
  /** Members that the set does not send. */
  readonly hidden?: readonly string[];
}

export function viewOf(
  set: Pick<View, 'name' | 'properties'>,
  shapes: Shapes,
  { name = set.name, hidden = [] }: ViewOptions = {},
): View {
  const properties = Object.fromEntries(
    Object.entries(set.properties).filter(([member]) => !hidden.includes(member)),
  );
  const changes = [
    ...(hidden.length > 0 ? [(row: Row) => without(row, hidden)] : []),
    ...(shapes.numbersAsStrings ? [(row: Row) => numbersAsStrings(row, properties)] : []),
    ...(shapes.unknownFields ? [withUnknownFields] : []),
  ];
  return {
    name,
    properties,
    show: (row) => changes.reduce((changed, change) => change(changed), row),
  };
}

function without(row: Row, hidden: readonly string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([member]) => !hidden.includes(member)));
}

function withUnknownFields(row: Row): Row {
  return { ...row, novoCampo: 'novo', novoObjeto: { id: 1, itens: [1, 2] }, novaLista: [] };
}

function numbersAsStrings(row: Row, properties: Properties): Row {
  return Object.fromEntries(
    Object.entries(row).map(([member, value]) => [member, asString(value, properties[member])]),
  );
}

function asString(value: unknown, property: Property | undefined): unknown {
  if (property === 'number' && typeof value === 'number') return String(value);
  if (!Array.isArray(value) || typeof property !== 'object') return value;
  const element = elementOf(property);
  if (typeof element !== 'object') return value;
  return value.map((item: unknown) => (isObject(item) ? numbersAsStrings(item, element) : item));
}
