import type { Shapes } from '../seed/world.ts';
import type { Definition } from './store.ts';

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

/** A set as it is asked for: its name, and what of a row goes over the wire. */
export interface View {
  readonly name: string;
  readonly properties: Properties;
  show(row: Row): Row;
}

interface Showing {
  readonly name?: string;
  /** Members that this set does not show. */
  readonly hidden?: readonly string[];
}

export function viewOf(
  definition: Definition,
  shapes: Shapes,
  { name = definition.name, hidden = [] }: Showing = {},
): View {
  const properties = Object.fromEntries(
    Object.entries(definition.properties).filter(([member]) => !hidden.includes(member)),
  );
  const changes = [
    ...(hidden.length > 0 ? [(row: Row) => without(row, hidden)] : []),
    ...(shapes.numbersAsStrings ? [(row: Row) => numbersAsTexts(row, properties)] : []),
    ...(shapes.unknownFields ? [withUnknownFields] : []),
  ];
  return {
    name,
    properties,
    show: (row) => changes.reduce((shown, change) => change(shown), row),
  };
}

function without(row: Row, hidden: readonly string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([member]) => !hidden.includes(member)));
}

function withUnknownFields(row: Row): Row {
  return { ...row, novoCampo: 'novo', novoObjeto: { id: 1, itens: [1, 2] }, novaLista: [] };
}

function numbersAsTexts(row: Row, properties: Properties): Row {
  return Object.fromEntries(
    Object.entries(row).map(([member, value]) => [member, asText(value, properties[member])]),
  );
}

function asText(value: unknown, property: Property | undefined): unknown {
  if (property === 'number' && typeof value === 'number') return String(value);
  if (!Array.isArray(value) || typeof property !== 'object') return value;
  const element = elementOf(property);
  if (typeof element !== 'object') return value;
  return value.map((item: unknown) => (isRow(item) ? numbersAsTexts(item, element) : item));
}
