import type { JsonSchema } from '@exact-spotter/singer';
import type { Kind } from './value.ts';

/** The reading of a JSON Schema that maps need: which types, which properties. */

export function asObject(value: unknown): Readonly<Record<string, JsonSchema>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, JsonSchema>>)
    : undefined;
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
