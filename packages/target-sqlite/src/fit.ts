import { isRawJson, type JsonValue } from '@exact-spotter/singer';
import { isTextual, type ColumnType } from './column-types.ts';
import type { Bindable } from './database/sqlite.ts';

/**
 * The written rule of what becomes of a value, for every type of column:
 *
 * - null and what is missing: NULL.
 * - texts: as they are; half a surrogate pair becomes U+FFFD.
 * - true and false: 1 and 0; in a column of texts `true` and `false`.
 * - numbers: in a column of numbers what SQLite holds exactly; in a column of texts their shortest
 *   spelling, or the literal that came where no double holds it.
 * - objects and arrays: JSON text.
 *
 * @returns undefined where the column would change the value: it must become untyped first
 */
export function fit(
  type: ColumnType,
  value: JsonValue | undefined,
  jsonText: (nested: JsonValue) => string,
): Bindable | undefined {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string')
    return isTextual(type) || type === 'any' ? value.toWellFormed() : undefined;
  if (typeof value === 'boolean') return isTextual(type) ? String(value) : Number(value);
  if (typeof value === 'number') return fitNumber(type, value);
  if (isRawJson(value)) return fitLiteral(type, value.rawJSON);
  return isTextual(type) || type === 'any' ? jsonText(value) : undefined;
}

function fitNumber(type: ColumnType, value: number): Bindable | undefined {
  if (isTextual(type)) return String(value);
  if (type === 'number') return value;
  if (type === 'integer' && Number.isSafeInteger(value)) return value;
  if (type !== 'integer' && type !== 'any') return undefined;
  // The driver binds every number as a double, and an untyped column would keep 5 as 5.0.
  const integer = asInteger(String(value));
  return type === 'any' ? (integer ?? value) : integer;
}

/** @param literal a number that no double holds */
function fitLiteral(type: ColumnType, literal: string): Bindable | undefined {
  if (isTextual(type)) return literal;
  if (type === 'integer' || type === 'any') {
    const integer = asInteger(literal);
    if (integer !== undefined) return integer;
  }
  if (type !== 'any') return undefined;
  return MINUS_ZERO.test(literal) ? -0 : literal;
}

/** A column of doubles stores -0 as 0; an untyped one keeps it. */
const MINUS_ZERO = /^-0(?:\.0*)?(?:[eE].*)?$/;

const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

/** By its digits: past 2^53 the double that stands for them is another number. */
function asInteger(literal: string): bigint | undefined {
  // Longer ones are past 64 bits, and would be dear to read.
  if (!/^-?(?:0|[1-9]\d{0,18})$/.test(literal) || literal === '-0') return undefined;
  const value = BigInt(literal);
  return value >= LEAST && value <= MOST ? value : undefined;
}
