import { isObject, isRawJson, type JsonSchema } from '@exact-spotter/singer';

/**
 * What a column may hold, as one table. `declared` is the type in the table's DDL, which decides
 * how SQLite treats a value; an untyped column keeps every value as it is bound.
 */
export const COLUMN_TYPES = {
  null: { declared: '', json: 'null', holds: 'nothing yet' },
  boolean: { declared: 'BOOLEAN', json: 'boolean', holds: '1 for true, 0 for false' },
  integer: { declared: 'INTEGER', json: 'integer', holds: 'whole numbers of 64 bits' },
  number: { declared: 'REAL', json: 'number', holds: 'doubles' },
  date: { declared: 'TEXT', json: 'string, format date', holds: 'the text as it came' },
  'date-time': { declared: 'TEXT', json: 'string, format date-time', holds: 'the text as it came' },
  time: { declared: 'TEXT', json: 'string, format time', holds: 'the text as it came' },
  json: {
    declared: 'TEXT',
    json: 'object or array',
    holds: 'JSON text with its digits and the order of its keys',
  },
  text: {
    declared: 'TEXT',
    json: 'string, or several types with string, object or array among them',
    holds: 'the text as it came; other values as their JSON text',
  },
  any: {
    declared: '',
    json: 'no type, or a numeric column that met a value SQLite cannot hold as a number',
    holds:
      'integers, doubles and texts side by side; what is no number of SQLite as text, digit for digit',
  },
} as const satisfies Record<string, { declared: string; json: string; holds: string }>;

export type ColumnType = keyof typeof COLUMN_TYPES;

export function declaredType(type: ColumnType): string {
  return COLUMN_TYPES[type].declared;
}

/** True where the column keeps texts, whatever was sent. */
export function isTextual(type: ColumnType): boolean {
  return COLUMN_TYPES[type].declared === 'TEXT';
}

/** The narrowest type that holds what both hold: null, then boolean, integer, number, text, any. */
export function widen(one: ColumnType, other: ColumnType): ColumnType {
  if (one === other || other === 'null') return one;
  if (one === 'null') return other;
  if (one === 'any' || other === 'any') return 'any';
  const order: readonly ColumnType[] = ['boolean', 'integer', 'number'];
  const rank = Math.max(order.indexOf(one), order.indexOf(other));
  return order.includes(one) && order.includes(other) ? (order[rank] ?? 'any') : 'text';
}

/** The type of a column that stands in a table without our note of it. */
export function typeOfDeclared(declared: string): ColumnType {
  const name = declared.toUpperCase();
  if (name === '') return 'any';
  if (name.startsWith('BOOL')) return 'boolean';
  if (name.includes('INT')) return 'integer';
  if (/CHAR|CLOB|TEXT|DATE|TIME|JSON/.test(name)) return 'text';
  if (/REAL|FLOA|DOUB|NUM|DEC/.test(name)) return 'number';
  return 'any';
}

/** A name of JSON Schema's `type`. */
export type JsonType = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';

export interface SchemaType {
  readonly column: ColumnType;
  /** The types that a value may have; empty where the schema does not say. */
  readonly json: ReadonlySet<JsonType>;
}

/**
 * Reads the type of one property out of its schema: lists, `anyOf`, `oneOf`, `allOf`, `format`,
 * `enum`, `const` and local `$ref`.
 * @param root the stream's whole schema, in which a `$ref` is looked up
 */
export function schemaType(property: unknown, root: JsonSchema): SchemaType {
  const found: Found[] = [];
  collect(property, root, found, new Set());
  const column = found.map(({ column: type }) => type).reduce(widen, 'null');
  const json = new Set(found.map(({ json: type }) => type));
  return { column: found.length === 0 ? 'any' : column, json };
}

interface Found {
  readonly json: JsonType;
  readonly column: ColumnType;
}

function collect(schema: unknown, root: JsonSchema, found: Found[], seen: Set<unknown>): void {
  if (!isObject(schema) || seen.has(schema)) return;
  seen.add(schema);
  const { type, format, $ref } = schema;
  for (const name of [type].flat()) found.push(...named(name, format));
  if (schema['nullable'] === true && found.length > 0) found.push(...named('null', undefined));
  if (type === undefined) for (const value of literals(schema)) found.push(...named(value, format));
  for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
    for (const branch of list(schema[keyword])) collect(branch, root, found, seen);
  }
  if (typeof $ref === 'string') collect(resolve($ref, root), root, found, seen);
}

const COLUMN_OF: Readonly<Record<JsonType, ColumnType>> = {
  null: 'null',
  boolean: 'boolean',
  integer: 'integer',
  number: 'number',
  string: 'text',
  array: 'json',
  object: 'json',
};

function named(type: unknown, format: unknown): Found[] {
  if (!isJsonType(type)) return [];
  const isTime = format === 'date' || format === 'date-time' || format === 'time';
  return [{ json: type, column: type === 'string' && isTime ? format : COLUMN_OF[type] }];
}

function isJsonType(type: unknown): type is JsonType {
  return typeof type === 'string' && Object.hasOwn(COLUMN_OF, type);
}

/** The types of the values that `enum` and `const` allow. */
function literals(schema: JsonSchema): JsonType[] {
  const values = [...list(schema['enum']), ...('const' in schema ? [schema['const']] : [])];
  return values.map(jsonType);
}

/** `1e400` and `5.00` are whole numbers too, though their digits do not all show it. */
const INTEGER_LITERAL = /^-?\d+(?:\.0+)?(?:[eE]\+?\d+)?$/;

export function jsonType(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (isRawJson(value)) return INTEGER_LITERAL.test(value.rawJSON) ? 'integer' : 'number';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  return 'object';
}

function resolve(reference: string, root: JsonSchema): unknown {
  if (!reference.startsWith('#')) return undefined;
  const path = decoded(reference.slice(1)).split('/').slice(1);
  let at: unknown = root;
  for (const part of path) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    at = isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return at;
}

/** A percent sign that begins no escape is meant as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
