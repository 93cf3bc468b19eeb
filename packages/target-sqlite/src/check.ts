import type { JsonValue } from '@exact-spotter/singer';
import { jsonType, type JsonType } from './column-types.ts';
import type { Property, StreamSchema } from './stream-schema.ts';

/** Why a record cannot be taken. The reason never holds the value. */
export class RecordFault extends Error {
  override readonly name = 'RecordFault';
  readonly column: string;

  constructor(column: string, reason: string) {
    super(reason);
    this.column = column;
  }
}

/** Tells why a value may not stand in a property; nothing where it may. */
export type Check = (property: Property, value: JsonValue | undefined) => string | undefined;

/** @param validate false to take every value but a missing key */
export function checker({ key }: StreamSchema, validate: boolean): Check {
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
    : `the value is ${named(type)}, and the schema allows only ${[...json].join(', ')}`;
}

export function isAllowed(json: ReadonlySet<JsonType>, type: JsonType): boolean {
  return json.size === 0 || json.has(type) || (type === 'integer' && json.has('number'));
}

function named(type: JsonType): string {
  if (type === 'null') return type;
  return /^[aio]/.test(type) ? `an ${type}` : `a ${type}`;
}
