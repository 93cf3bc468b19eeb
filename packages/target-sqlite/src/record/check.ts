import type { JsonValue } from '@exact-spotter/singer';
import { jsonType, type JsonType } from './json-types.ts';
import type { Property, StreamSchema } from './stream-schema.ts';

/** Thrown if a record is invalid. The message never contains the value. */
export class InvalidRecordError extends Error {
  override readonly name = 'InvalidRecordError';
  readonly column: string;

  constructor(column: string, reason: string) {
    super(reason);
    this.column = column;
  }
}

/** Returns why a value is not allowed for a property, or undefined if it is allowed. */
export type Check = (property: Property, value: JsonValue | undefined) => string | undefined;

/** @param validate false to accept every value except a missing key */
export function createCheck({ key }: StreamSchema, validate: boolean): Check {
  const keys = new Set(key);
  return (property, value) => {
    const isKey = keys.has(property.name);
    if (isKey && (value === null || value === undefined)) {
      return `the key is ${value === null ? 'null' : 'missing'}`;
    }
    return validate ? violation(property, value) : undefined;
  };
}

function violation({ json, required }: Property, value: JsonValue | undefined): string | undefined {
  if (value === undefined)
    return required ? 'the value is missing, and the schema requires it' : undefined;
  const type = jsonType(value);
  return isAllowed(json, type)
    ? undefined
    : `the value is ${withArticle(type)}, and the schema allows only ${[...json].join(', ')}`;
}

/** @param json the types that a schema names; empty if the schema names no type */
export function isAllowed(json: ReadonlySet<JsonType>, type: JsonType): boolean {
  return json.size === 0 || json.has(type) || (type === 'integer' && json.has('number'));
}

function withArticle(type: JsonType): string {
  if (type === 'null') return type;
  return /^[aio]/.test(type) ? `an ${type}` : `a ${type}`;
}
