import {
  isObject,
  isRawJson,
  type CompileValidator,
  type JsonSchema,
  type Violation,
} from '@exact-spotter/singer';
import { InvalidRecordError } from './check.ts';

/**
 * Validates a record against the rules in its schema that go beyond types.
 * @param withDoubles returns the record with every number as a double
 */
export type Rules = (record: unknown, withDoubles: () => unknown) => InvalidRecordError | undefined;

/** Keywords that the type check does not cover. */
const DEMANDS = new Set([
  ...['enum', 'const', 'not', 'if', 'pattern', 'minLength', 'maxLength'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  ...['minItems', 'maxItems', 'uniqueItems', 'contains', 'minProperties', 'maxProperties'],
  ...['patternProperties', 'propertyNames', 'dependencies', 'dependentRequired'],
]);

/** True if a schema contains rules that go beyond types. */
export function demandsMore(schema: JsonSchema): boolean {
  try {
    return demandsAnything(schema);
  } catch (error) {
    // The schema is nested too deeply to search. `declare` in `registry.ts` reports it later.
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

/** @param schema the schema of a property, including the rules for its members */
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

/**
 * @param onUnchecked is called for each pattern that cannot be checked
 * @returns undefined if the schema is not valid
 */
export function compileRules(
  schema: JsonSchema,
  compile: CompileValidator,
  onUnchecked: (pattern: string) => void,
): Rules | undefined {
  let validate: ReturnType<CompileValidator>;
  try {
    validate = compile(validatorSchema(schema), onUnchecked);
  } catch {
    return undefined;
  }
  return (record, withDoubles) => {
    if (validate(record).length === 0) return undefined;
    // Numbers kept as literals look like objects to the validator, so the record is validated again with doubles.
    const [violation] = validate(withDoubles());
    return violation && asError(violation);
  };
}

function asError({ path, reason, missing }: Violation): InvalidRecordError {
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
 * Rewrites a schema of any draft for the validator. In draft 4, for example, exclusive bounds are
 * booleans. `multipleOf` is omitted because checking decimals with doubles produces wrong results.
 */
function validatorSchema(schema: unknown): JsonSchema {
  const rewritten: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(asObject(schema))) {
    const kept = validatorKeyword(keyword, value, asObject(schema));
    if (kept) rewritten[kept[0]] = kept[1];
  }
  return rewritten;
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
const IGNORED = new Set(['$schema', '$id', 'id', 'format', 'multipleOf', 'default', 'examples']);

function validatorKeyword(
  keyword: string,
  value: unknown,
  schema: JsonSchema,
): readonly [string, unknown] | undefined {
  if (IGNORED.has(keyword) || keyword.startsWith('x-')) return undefined;
  if (MAPS_OF_SCHEMAS.has(keyword)) {
    const entries = Object.entries(asObject(value));
    return [
      keyword,
      Object.fromEntries(entries.map(([name, inner]) => [name, validatorSchema(inner)])),
    ];
  }
  if (LISTS_OF_SCHEMAS.has(keyword) || (keyword === 'items' && Array.isArray(value)))
    return asList(value).length > 0 ? [keyword, asList(value).map(validatorSchema)] : undefined;
  if (SCHEMAS.has(keyword))
    return [keyword, typeof value === 'boolean' ? value : validatorSchema(value)];
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
