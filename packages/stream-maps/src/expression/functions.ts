import { isRawJson, nearest, parseLossless, type JsonValue } from '@exact-spotter/singer';
import { createHash } from 'node:crypto';
import { lengthOf } from './characters.ts';
import { methods } from './methods.ts';
import { asInteger, fromInteger, negate } from './arithmetic.ts';
import { compare } from './operators.ts';
import {
  asJson,
  ExpressionError,
  isArray,
  isNumeric,
  isPlainObject,
  isTruthy,
  Moment,
  describe,
  textOf,
  type Compiled,
  type Kind,
  type NonNull,
  type Scope,
  type Value,
} from './expression-value.ts';

export function isFunction(name: string): boolean {
  return functions.has(name);
}

/** @throws ExpressionError if the function is unknown, or the number of arguments is wrong */
export function callFunction(name: string | undefined, args: readonly Compiled[]): Compiled {
  if (name === undefined) throw new ExpressionError('only functions and methods can be called');
  const known = functions.get(name);
  if (!known) throw unknown('function', name, functions);
  checkCount(name, args, known.arity);
  const { apply, ofNull = null, kind } = known;
  return {
    evaluate: (scope) => call(apply, ofNull, values(args, scope)),
    kind: kind === 'same' ? common(args) : kind,
  };
}

function common(args: readonly Compiled[]): Compiled['kind'] {
  const kinds = new Set(args.map(({ kind }) => kind));
  return kinds.size === 1 ? args[0]?.kind : undefined;
}

/** @throws ExpressionError if the method is unknown, or the number of arguments is wrong */
export function callMethod(owner: Compiled, name: string, args: readonly Compiled[]): Compiled {
  const known = methods.get(name);
  if (!known) throw unknown('method', name, methods);
  checkCount(name, args, known.arity);
  const { apply, kind, items } = known;
  const all = [owner, ...args];
  return { evaluate: (scope) => call(apply, null, values(all, scope)), kind, items };
}

function values(args: readonly Compiled[], scope: Scope): Value[] {
  return args.map((argument) => argument.evaluate(scope));
}

function call(apply: (...args: NonNull[]) => Value, ofNull: Value, args: readonly Value[]): Value {
  const present = args.filter((value) => value !== null);
  return present.length < args.length ? ofNull : apply(...present);
}

function checkCount(
  name: string,
  { length }: readonly Compiled[],
  [least, most]: readonly [number, number],
): void {
  if (length >= least && length <= most) return;
  const wanted = least === most ? String(least) : `${least} to ${most}`;
  throw new ExpressionError(`${name}() takes ${wanted} arguments, but was called with ${length}`);
}

function unknown(what: string, name: string, known: ReadonlyMap<string, unknown>): ExpressionError {
  const meant = nearest(name, [...known.keys()]);
  const hint = meant === undefined ? 'see STREAM-MAPS.md for the list' : `did you mean "${meant}"`;
  return new ExpressionError(`unknown ${what} "${name}": ${hint}`);
}

/**
 * A function of the language. If an argument is null, the function is not called, and the result is
 * `ofNull`.
 */
export interface MapFunction {
  /** The minimum and maximum number of arguments. */
  readonly arity: readonly [number, number];
  /**
   * The type of the result: `same` if the arguments have this type, undefined if the type is
   * unknown.
   */
  readonly kind?: Kind | 'same';
  readonly apply: (...args: NonNull[]) => Value;
  /** The result if an argument is null (default: null). */
  readonly ofNull?: Value;
}

/** All functions by name. As in Python, the names of module functions include the module. */
export const functions: ReadonlyMap<string, MapFunction> = new Map<string, MapFunction>([
  ['md5', { arity: [1, 1], kind: 'string', apply: (value) => hash('md5', value) }],
  ['sha256', { arity: [1, 1], kind: 'string', apply: (value) => hash('sha256', value) }],
  ['str', { arity: [1, 1], kind: 'string', apply: textOf }],
  ['int', { arity: [1, 1], kind: 'integer', apply: toInteger }],
  ['float', { arity: [1, 1], kind: 'number', apply: toNumber }],
  ['bool', { arity: [1, 1], kind: 'boolean', apply: isTruthy, ofNull: false }],
  ['len', { arity: [1, 1], kind: 'integer', apply: length }],
  ['abs', { arity: [1, 1], kind: 'same', apply: absolute }],
  ['round', { arity: [1, 2], kind: 'number', apply: round }],
  ['min', { arity: [2, 20], kind: 'same', apply: (...values) => extreme(values, -1) }],
  ['max', { arity: [2, 20], kind: 'same', apply: (...values) => extreme(values, 1) }],
  [
    'json.dumps',
    { arity: [1, 1], kind: 'string', apply: (value) => JSON.stringify(asJson(value)) },
  ],
  ['json.loads', { arity: [1, 1], apply: readJson }],
  ['datetime.datetime.fromisoformat', { arity: [1, 1], kind: 'date-time', apply: toMoment }],
  [
    'datetime.date.fromisoformat',
    { arity: [1, 1], kind: 'date', apply: (value) => toMoment(value).date() },
  ],
  ['datetime.datetime.now', { arity: [0, 0], kind: 'date-time', apply: () => Moment.now() }],
  ['datetime.datetime.utcnow', { arity: [0, 0], kind: 'date-time', apply: () => Moment.now() }],
  ['datetime.date.today', { arity: [0, 0], kind: 'date', apply: () => Moment.now().date() }],
]);

function hash(algorithm: 'md5' | 'sha256', value: NonNull): string {
  return createHash(algorithm).update(textOf(value), 'utf8').digest('hex');
}

/** Implements `int()`, which truncates. */
function toInteger(value: NonNull): Value {
  if (typeof value === 'boolean') return Number(value);
  const text = isRawJson(value) ? value.rawJSON : value;
  if (typeof text === 'number') return Math.trunc(text);
  if (typeof text !== 'string') throw wrongType('int()', value);
  const [digits] = /^\s*[+-]?\d{1,400}(?=\s*$)/.exec(text) ?? [];
  if (digits !== undefined) return fromInteger(BigInt(digits.trim().replace('+', '')));
  if (!isRawJson(value))
    throw new ExpressionError('int() was called with a string that is not an integer');
  return toInteger(toDouble(text));
}

function toNumber(value: NonNull): Value {
  if (isNumeric(value)) return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string') throw wrongType('float()', value);
  return toDouble(value);
}

function toDouble(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) return number;
  throw new ExpressionError('float() was called with a string that is not a number');
}

function absolute(value: NonNull): Value {
  return compare(value, 0) < 0 ? negate(value) : value;
}

function length(value: NonNull): number {
  if (typeof value === 'string') return lengthOf(value);
  if (isArray(value)) return value.length;
  if (isPlainObject(value)) return Object.keys(value).length;
  throw wrongType('len()', value);
}

function round(value: NonNull, digits: NonNull = 0): number {
  const places = asInteger(digits);
  if (!isNumeric(value)) throw wrongType('round()', value);
  if (places === undefined || places < 0n || places > 20n) {
    throw new ExpressionError('round() takes 0 to 20 digits');
  }
  const number = isRawJson(value) ? Number(value.rawJSON) : value;
  return Math.abs(number) < 1e21 ? Number(number.toFixed(Number(places))) : number;
}

function extreme(values: readonly NonNull[], sign: 1 | -1): Value {
  return values.reduce((best, value) => (compare(value, best) * sign > 0 ? value : best));
}

function readJson(value: NonNull): JsonValue {
  if (typeof value !== 'string') throw wrongType('json.loads()', value);
  try {
    return parseLossless(value);
  } catch {
    // The parser's error is not attached as `cause`, because its message quotes the text.
    throw new ExpressionError('json.loads() was called with a string that is not JSON');
  }
}

function toMoment(value: NonNull): Moment {
  if (value instanceof Moment) return value;
  const moment = typeof value === 'string' ? Moment.parse(value.trim()) : undefined;
  if (moment) return moment;
  throw new ExpressionError('fromisoformat() was called with a value that is not an ISO 8601 date');
}

function wrongType(what: string, value: NonNull): ExpressionError {
  return new ExpressionError(`${what} cannot be used with ${describe(value)}`);
}
