import { isObject, readParent, readReferences, type JsonSchema } from '@exact-spotter/singer';
import type { Kind } from './expression/expression-value.ts';

export function asObject(value: unknown): Readonly<Record<string, JsonSchema>> | undefined {
  return isObject(value) ? (value as Readonly<Record<string, JsonSchema>>) : undefined;
}

export function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return asObject(schema['properties']) ?? {};
}

/** Returns the types that a schema allows. The list is empty if the schema does not name a type. */
export function kindsOf(schema: JsonSchema): string[] {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return type.filter((name) => typeof name === 'string');
  return variants(schema).flatMap(kindsOf);
}

function variants(schema: JsonSchema): JsonSchema[] {
  const list: unknown = schema['anyOf'] ?? schema['oneOf'];
  return Array.isArray(list) ? list.flatMap((item) => asObject(item) ?? []) : [];
}

export function isNullable(schema: JsonSchema): boolean {
  const kinds = kindsOf(schema);
  return kinds.length === 0 || kinds.includes('null');
}

/** Returns a schema that also allows null. */
export function withNull(schema: JsonSchema): JsonSchema {
  if (isNullable(schema)) return schema;
  const { type, enum: options } = schema;
  if (type === undefined) return { anyOf: [schema, { type: 'null' }] };
  const allowed = Array.isArray(options) && { enum: [...(options as unknown[]), null] };
  return { ...schema, type: [type, 'null'].flat(), ...allowed };
}

/** Returns a property's only type besides null. @returns undefined if it has several types */
export function kindOf(schema: JsonSchema): Kind | undefined {
  const [kind, ...others] = kindsOf(schema).filter((name) => name !== 'null');
  return others.length === 0 ? KINDS.find((known) => known === kind) : undefined;
}

/** The types of JSON Schema. Dates are strings until an expression parses them. */
const KINDS = ['string', 'integer', 'number', 'boolean', 'array', 'object'] as const;

/** Returns the schema of an expression's result, which can always be null. */
export function schemaOfKind(kind: Kind): JsonSchema {
  if (kind === 'date' || kind === 'date-time') return { type: ['string', 'null'], format: kind };
  return { type: [kind, 'null'] };
}

/** Follows a `$ref` within the root schema. Returns the schema itself if it has no `$ref`. */
export function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const merged = oneVariant(schema);
  const { $ref: reference } = merged;
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return merged;
  let at: unknown = root;
  for (const part of reference.slice(2).split('/')) {
    at = asObject(at)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return asObject(at) ?? merged;
}

/** Turns an `anyOf` of one schema and null into that schema with null allowed. */
function oneVariant(schema: JsonSchema): JsonSchema {
  const all = variants(schema);
  const [only, ...others] = all.filter((one) => kindsOf(one).join() !== 'null');
  return schema['type'] === undefined && only && others.length === 0 && all.length > 1
    ? withNull(only)
    : schema;
}

/**
 * Returns a column's name after the map is applied; undefined if the column is dropped or computed.
 */
export type OwnColumn = (column: string) => string | undefined;

/**
 * Returns the stream and name that a column of another stream has after the maps are applied, or
 * undefined.
 */
export type OtherColumn = (
  stream: string,
  column: string,
) => { readonly stream: string; readonly column: string } | undefined;

/**
 * Updates the schema keywords that name columns. Replaces the names of renamed columns, and removes
 * keywords that refer to columns that no longer exist.
 * @param key the key columns after the map is applied
 */
export function followColumns(
  schema: JsonSchema,
  key: readonly string[],
  own: OwnColumn,
  other: OtherColumn,
): JsonSchema {
  const rewritten: Readonly<Record<string, unknown>> = {
    required: namesIn(schema['required'])?.flatMap((name) => own(name) ?? []),
    'x-key': schema['x-key'] === undefined ? undefined : key,
    'x-references': references(schema, own, other),
    'x-parent': parent(schema, own, other),
    'x-replication': withColumn(schema['x-replication'], 'key', own),
    'x-covered': withColumn(schema['x-covered'], 'column', own),
  };
  return Object.fromEntries(
    Object.entries(schema).flatMap(([keyword, value]) => {
      const updated: unknown = Object.hasOwn(rewritten, keyword) ? rewritten[keyword] : value;
      return updated === undefined ? [] : [[keyword, updated]];
    }),
  );
}

function namesIn(list: unknown): string[] | undefined {
  const names: readonly unknown[] | undefined = Array.isArray(list) ? list : undefined;
  return names?.filter((name) => typeof name === 'string');
}

function references(schema: JsonSchema, own: OwnColumn, other: OtherColumn): unknown {
  const followed = [...readReferences(schema)].flatMap(([column, { table, column: referred }]) => {
    const name = own(column);
    const place = name === undefined ? undefined : other(table, referred);
    return name !== undefined && place ? [[name, `${place.stream}.${place.column}`]] : [];
  });
  return followed.length === 0 ? undefined : Object.fromEntries(followed);
}

/**
 * Returns undefined if a column is missing, because a parent record would then replace the children
 * of other parents.
 */
function parent(schema: JsonSchema, own: OwnColumn, other: OtherColumn): unknown {
  const before = readParent(schema);
  if (!before) return undefined;
  const columns: Record<string, string> = {};
  const streams = new Set<string>();
  for (const [column, parentColumn] of Object.entries(before.columns)) {
    const name = own(column);
    const place = other(before.table, parentColumn);
    if (name === undefined || !place) return undefined;
    columns[name] = place.column;
    streams.add(place.stream);
  }
  const [table] = streams;
  return streams.size === 1 ? { ...before, table, columns } : undefined;
}

/** Updates a keyword whose member `member` names a column. */
function withColumn(keyword: unknown, member: string, own: OwnColumn): unknown {
  if (!isObject(keyword)) return undefined;
  const column = keyword[member];
  if (typeof column !== 'string') return keyword;
  const name = own(column);
  return name === undefined ? undefined : { ...keyword, [member]: name };
}
