import { isRawJson, type RawJson } from '@exact-spotter/singer';
import {
  describe,
  ExpressionError,
  isArray,
  isNumeric,
  type NonNull,
  type Value,
} from './expression-value.ts';

/** Adds numbers, or joins strings or lists. */
export function add(left: NonNull, right: NonNull): Value {
  if (typeof left === 'string' && typeof right === 'string') return left + right;
  if (isArray(left) && isArray(right)) return [...left, ...right];
  return calculate('+', left, right);
}

/** Calculates exactly with integers, and in double precision with other numbers. */
export function calculate(sign: string, left: NonNull, right: NonNull): number | RawJson {
  const [whole, other] = [asInteger(left), asInteger(right)];
  if (whole === undefined || other === undefined) {
    return asJsonNumber(doubles(sign, asDouble(sign, left), asDouble(sign, right)));
  }
  return fromInteger(integers(sign, whole, other));
}

function doubles(sign: string, left: number, right: number): number {
  if (sign === '+') return left + right;
  if (sign === '-') return left - right;
  if (sign === '*') return left * right;
  const floor = Math.floor(left / divisor(right));
  return sign === '//' ? floor : left - floor * right;
}

/** Calculates with integers. Division rounds down, as in Python. */
function integers(sign: string, left: bigint, right: bigint): bigint {
  if (sign === '+') return left + right;
  if (sign === '-') return left - right;
  if (sign === '*') return left * right;
  if (right === 0n) divisor(0);
  const rest = ((left % right) + right) % right;
  return sign === '%' ? rest : (left - rest) / right;
}

/** @throws ExpressionError if the value is zero */
export function divisor(value: number): number {
  if (value === 0) throw new ExpressionError('division by zero');
  return value;
}

export function asInteger(value: NonNull): bigint | undefined {
  // String() returns the digits that were received, whereas the exact value of a double beyond 2^53
  // has different digits. From 1e21 on, String() returns a number with an exponent.
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(String(value)) : undefined;
  return isRawJson(value) && /^-?\d{1,400}$/.test(value.rawJSON)
    ? BigInt(value.rawJSON)
    : undefined;
}

export function fromInteger(value: bigint): number | RawJson {
  const short = Number(value);
  return Number.isSafeInteger(short) ? short : JSON.rawJSON(String(value));
}

/** @throws ExpressionError if the value is not a number */
export function asDouble(sign: string, value: NonNull): number {
  if (isNumeric(value)) return isRawJson(value) ? Number(value.rawJSON) : value;
  throw new ExpressionError(
    `"${sign}" cannot be used with ${describe(value)}: convert it with int() or str()`,
  );
}

/** @throws ExpressionError if the number is infinite */
export function asJsonNumber(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new ExpressionError('the result is too large for a number');
}

/** @throws ExpressionError if the value is not a number */
export function negate(value: NonNull): Value {
  const integer = asInteger(value);
  if (integer !== undefined) return fromInteger(-integer);
  if (typeof value === 'number') return -value;
  if (isRawJson(value)) return -Number(value.rawJSON);
  throw new ExpressionError(`"-" cannot be used with ${describe(value)}`);
}
