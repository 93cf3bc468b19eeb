import { isObject, isRawJson, type JsonSchema } from '@exact-spotter/singer';
import { widen, type ColumnType } from '../database/columns.ts';

/** A type name in JSON Schema. */
export type JsonType = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';

export interface SchemaType {
  readonly column: ColumnType;
  /** The types that a value may have; empty if the schema names no type. */
  readonly json: ReadonlySet<JsonType>;
}

/**
 * Reads the types of a property from its schema: type lists, `anyOf`, `oneOf`, `allOf`, `format`,
 * `enum`, `const` and local `$ref`.
 * @param root the stream's whole schema, which a `$ref` refers to
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

/** Returns the types of the values that `enum` and `const` allow. */
function literals(schema: JsonSchema): JsonType[] {
  const values = [...list(schema['enum']), ...('const' in schema ? [schema['const']] : [])];
  return values.map(jsonType);
}

/** Matches integers, including spellings such as `1e400` and `5.00`. */
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

/** Decodes percent escapes. Text with an invalid escape is returned unchanged. */
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
