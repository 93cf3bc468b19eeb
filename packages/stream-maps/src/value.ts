import {
  isObject as isJsonObject,
  isRawJson,
  type JsonValue,
  type RawJson,
} from '@exact-spotter/singer';
import { Moment } from './moment.ts';

/** Why an expression cannot be used, or cannot be worked out. The reason never holds a value. */
export class ExpressionFault extends Error {
  override readonly name = 'ExpressionFault';
}

/** What expressions work with: JSON, and points in time on their way to become text. */
export type Value = JsonValue | Moment;

/** What is known of a value before there is one. */
export type Kind =
  'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'date' | 'date-time';

export function isObject(value: unknown): value is Readonly<Record<string, JsonValue>> {
  return isJsonObject(value) && !(value instanceof Moment);
}

export function isArray(value: Value): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isNumeric(value: Value): value is number | RawJson {
  return typeof value === 'number' || isRawJson(value);
}

/** Python's: nothing, zero, and what is empty count as false. */
export function isTruthy(value: Value): boolean {
  if (isRawJson(value)) return Number(value.rawJSON) !== 0;
  if (isArray(value)) return value.length > 0;
  if (isObject(value)) return Object.keys(value).length > 0;
  return value instanceof Moment || Boolean(value);
}

/** The text of a value, as `str()` gives it: numbers with their digits, objects and lists as JSON. */
export function textOf(value: Exclude<Value, null>): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (isRawJson(value)) return value.rawJSON;
  if (value instanceof Moment) return value.toString();
  return JSON.stringify(value);
}

/** What stands in a record: a point in time as its text. */
export function asJson(value: Value): JsonValue {
  return value instanceof Moment ? value.toString() : value;
}

/** In words, for messages. */
export function nameOf(value: Value): string {
  if (value === null) return 'null';
  if (value instanceof Moment) return 'a date';
  if (isNumeric(value)) return 'a number';
  if (isArray(value)) return 'a list';
  return typeof value === 'string' ? 'a text' : isObject(value) ? 'an object' : 'a boolean';
}
