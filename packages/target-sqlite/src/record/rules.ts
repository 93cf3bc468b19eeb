import {
  isObject,
  isRawJson,
  type CompileValidator,
  type JsonSchema,
  type Violation,
} from '@exact-spotter/singer';
import { InvalidRecordError } from './check.ts';

/** Holds a record against all that its schema says beyond the types of its columns. */
export type Rules = (record: unknown, plain: () => unknown) => InvalidRecordError | undefined;

/** Keywords that demand something which the check of types does not see. */
const DEMANDS = new Set([
  ...['enum', 'const', 'not', 'if', 'pattern', 'minLength', 'maxLength'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  ...['minItems', 'maxItems', 'uniqueItems', 'contains', 'minProperties', 'maxProperties'],
  ...['patternProperties', 'propertyNames', 'dependencies', 'dependentRequired'],
]);

/** True where a schema demands more of a record than the types of its columns. */
export function demandsMore(schema: JsonSchema): boolean {
  try {
    return demandsAnything(schema);
  } catch (error) {
    // Nested too deep to be looked through: whoever takes the schema says so.
    if (error instanceof RangeError) return true;
    throw error;
  }
}

function demandsAnything(schema: JsonSchema): boolean {
  const properties = Object.values(asObject(schema['properties']));
  return (
    schema['additionalProperties'] === false || demands(schema) || properties.some(demandsInside)
  );
}

function demands(schema: JsonSchema): boolean {
  const branches = ['anyOf', 'oneOf', 'allOf'].flatMap((keyword) => asList(schema[keyword]));
  return Object.keys(schema).some((name) => DEMANDS.has(name)) || branches.some(demandsInside);
}

/** @param schema that of a property: what it says of its own members counts too */
function demandsInside(schema: unknown): boolean {
  const { properties, items, additionalProperties, ...rest } = asObject(schema);
  return (
    Object.keys(asObject(properties)).length > 0 ||
    Object.keys(asObject(items)).length > 0 ||
    asList(items).length > 0 ||
    (additionalProperties !== undefined && additionalProperties !== true) ||
    '$ref' in rest ||
    demands(rest)
  );
}

/** @returns nothing where the schema is none that can be compiled */
export function compileRules(schema: JsonSchema, compile: CompileValidator): Rules | undefined {
  let validate: ReturnType<CompileValidator>;
  try {
    validate = compile(plainSchema(schema));
  } catch {
    return undefined;
  }
  return (record, plain) => {
    if (validate(record).length === 0) return undefined;
    // Numbers that keep their literal look like objects: only the plain record decides.
    const [violation] = validate(plain());
    return violation && asFault(violation);
  };
}

function asFault({ path, reason, missing }: Violation): InvalidRecordError {
  const [, column = '', ...inside] = path.split('/').map(unescape);
  if (missing !== undefined && column === '') {
    return new InvalidRecordError(missing, 'the value is missing, and the schema requires it');
  }
  const where = inside.length === 0 ? 'the value' : `"${inside.join('.')}" in the value`;
  return new InvalidRecordError(column, `${where} ${reason}`);
}

function unescape(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

const TYPES = new Set<unknown>([
  'null',
  'boolean',
  'integer',
  'number',
  'string',
  'array',
  'object',
]);

/**
 * The schema as the validator takes it. Taps write every draft: booleans for exclusive bounds are
 * of the fourth. `multipleOf` is left out, as doubles cannot tell it for decimals.
 */
function plainSchema(schema: unknown): JsonSchema {
  const plain: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(asObject(schema))) {
    const kept = plainKeyword(keyword, value, asObject(schema));
    if (kept) plain[kept[0]] = kept[1];
  }
  return plain;
}

const MAPS_OF_SCHEMAS = new Set(['properties', 'patternProperties', 'definitions', '$defs']);
const SCHEMAS = new Set([
  'items',
  'additionalProperties',
  'not',
  'contains',
  'if',
  'then',
  'else',
  'propertyNames',
]);
const LISTS_OF_SCHEMAS = new Set(['anyOf', 'oneOf', 'allOf']);
const LEFT_OUT = new Set(['$schema', '$id', 'id', 'format', 'multipleOf', 'default', 'examples']);

function plainKeyword(
  keyword: string,
  value: unknown,
  schema: JsonSchema,
): readonly [string, unknown] | undefined {
  if (LEFT_OUT.has(keyword) || keyword.startsWith('x-')) return undefined;
  if (MAPS_OF_SCHEMAS.has(keyword)) {
    const entries = Object.entries(asObject(value));
    return [
      keyword,
      Object.fromEntries(entries.map(([name, inner]) => [name, plainSchema(inner)])),
    ];
  }
  if (LISTS_OF_SCHEMAS.has(keyword) || (keyword === 'items' && Array.isArray(value)))
    return asList(value).length > 0 ? [keyword, asList(value).map(plainSchema)] : undefined;
  if (SCHEMAS.has(keyword))
    return [keyword, typeof value === 'boolean' ? value : plainSchema(value)];
  if (keyword === 'type') {
    const types = [value].flat().filter((type) => TYPES.has(type));
    return types.length === 0 ? undefined : [keyword, [...new Set(types)]];
  }
  if (keyword === 'required')
    return Array.isArray(value) ? [keyword, [...new Set(value)]] : undefined;
  if (keyword === 'exclusiveMinimum' || keyword === 'exclusiveMaximum')
    return exclusive(keyword, value, schema);
  return [keyword, number(value)];
}

function exclusive(
  keyword: 'exclusiveMinimum' | 'exclusiveMaximum',
  value: unknown,
  schema: JsonSchema,
): readonly [string, unknown] | undefined {
  if (value === false) return undefined;
  const bound = keyword === 'exclusiveMinimum' ? 'minimum' : 'maximum';
  return [keyword, number(value === true ? schema[bound] : value)];
}

function number(value: unknown): unknown {
  return isRawJson(value) ? Number(value.rawJSON) : value;
}

function asObject(value: unknown): JsonSchema {
  return isObject(value) ? value : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
