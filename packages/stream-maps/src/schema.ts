import { isObject, readParent, readReferences, type JsonSchema } from '@exact-spotter/singer';
import type { Kind } from './expression/value.ts';

/** The reading of a JSON Schema that maps need: which types, which properties. */

export function asObject(value: unknown): Readonly<Record<string, JsonSchema>> | undefined {
  return isObject(value) ? (value as Readonly<Record<string, JsonSchema>>) : undefined;
}

export function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return asObject(schema['properties']) ?? {};
}

/** The types that a schema allows; empty where it does not say. */
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

/** The same schema, with null allowed. */
export function withNull(schema: JsonSchema): JsonSchema {
  if (isNullable(schema)) return schema;
  const { type, enum: options } = schema;
  if (type === undefined) return { anyOf: [schema, { type: 'null' }] };
  const allowed = Array.isArray(options) && { enum: [...(options as unknown[]), null] };
  return { ...schema, type: [type, 'null'].flat(), ...allowed };
}

/** What a property holds beside null, where it is one kind. */
export function kindOf(schema: JsonSchema): Kind | undefined {
  const [kind, ...others] = kindsOf(schema).filter((name) => name !== 'null');
  return others.length === 0 ? KINDS.find((known) => known === kind) : undefined;
}

/** Dates are texts until an expression reads them. */
const KINDS = ['string', 'integer', 'number', 'boolean', 'array', 'object'] as const;

/** The schema of what an expression gives: null where one of its columns is null. */
export function schemaOfKind(kind: Kind): JsonSchema {
  if (kind === 'date' || kind === 'date-time') return { type: ['string', 'null'], format: kind };
  return { type: [kind, 'null'] };
}

/** The schema that a `$ref` within the same schema names; itself where it names none. */
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

/** `anyOf` an object and null says the same as an object that may be null. */
function oneVariant(schema: JsonSchema): JsonSchema {
  const all = variants(schema);
  const [only, ...others] = all.filter((one) => kindsOf(one).join() !== 'null');
  return schema['type'] === undefined && only && others.length === 0 && all.length > 1
    ? withNull(only)
    : schema;
}

/** Where a column has gone to; nothing where it is dropped, or is no longer what it was. */
export type OwnColumn = (column: string) => string | undefined;

/** The same for a column of another stream. */
export type OtherColumn = (
  stream: string,
  column: string,
) => { readonly stream: string; readonly column: string } | undefined;

/**
 * Keeps what a schema says of columns true, here and in other streams: each name follows its
 * column, and a statement goes away with the column that it is about.
 * @param key the key behind the map
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
    Object.entries(schema).flatMap(([word, said]) => {
      const now: unknown = Object.hasOwn(rewritten, word) ? rewritten[word] : said;
      return now === undefined ? [] : [[word, now]];
    }),
  );
}

function namesIn(list: unknown): string[] | undefined {
  const names: readonly unknown[] | undefined = Array.isArray(list) ? list : undefined;
  return names?.filter((name) => typeof name === 'string');
}

/** Column → `table.column`. */
function references(schema: JsonSchema, own: OwnColumn, other: OtherColumn): unknown {
  const followed = [...readReferences(schema)].flatMap(([column, { table, column: referred }]) => {
    const name = own(column);
    const place = name === undefined ? undefined : other(table, referred);
    return name !== undefined && place ? [[name, `${place.stream}.${place.column}`]] : [];
  });
  return followed.length === 0 ? undefined : Object.fromEntries(followed);
}

/** All of its columns or nothing: with some of them a parent would replace the children of others. */
function parent(schema: JsonSchema, own: OwnColumn, other: OtherColumn): unknown {
  const said = readParent(schema);
  if (!said) return undefined;
  const columns: Record<string, string> = {};
  const streams = new Set<string>();
  for (const [column, above] of Object.entries(said.columns)) {
    const name = own(column);
    const place = other(said.table, above);
    if (name === undefined || !place) return undefined;
    columns[name] = place.column;
    streams.add(place.stream);
  }
  const [table] = streams;
  return streams.size === 1 ? { ...said, table, columns } : undefined;
}

/** A statement about one column. */
function withColumn(said: unknown, member: string, own: OwnColumn): unknown {
  if (!isObject(said)) return undefined;
  const column = said[member];
  if (typeof column !== 'string') return said;
  const name = own(column);
  return name === undefined ? undefined : { ...said, [member]: name };
}
