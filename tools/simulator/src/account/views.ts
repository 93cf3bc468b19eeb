import type { Definition } from './definition.ts';
import { elementOf, isRow, type Properties, type Property, type Row } from './properties.ts';
import type { Shapes } from './shapes.ts';

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
