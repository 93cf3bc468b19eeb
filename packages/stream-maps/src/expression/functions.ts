import { isRawJson, nearest, parseLossless, type JsonValue } from '@exact-spotter/singer';
import { createHash } from 'node:crypto';
import { methods } from './methods.ts';
import { asInteger, compare, fromInteger, negate } from './operators.ts';
import {
  asJson,
  ExpressionFault,
  isArray,
  isNumeric,
  isObject,
  isTruthy,
  Moment,
  nameOf,
  textOf,
  type Compiled,
  type Kind,
  type Scope,
  type Value,
} from './value.ts';

export function isFunction(name: string): boolean {
  return functions.has(name);
}

/** @throws ExpressionFault for a function that there is not, and for too few or too many arguments */
export function callFunction(name: string | undefined, given: readonly Compiled[]): Compiled {
  if (name === undefined) throw new ExpressionFault('what is called is no function');
  const known = functions.get(name);
  if (!known) throw unknown('function', name, functions);
  checkCount(name, given, known.takes);
  const { run, ofNull = null, kind } = known;
  return {
    run: (scope) => call(run, ofNull, values(given, scope)),
    kind: kind === 'same' ? common(given) : kind,
  };
}

function common(given: readonly Compiled[]): Compiled['kind'] {
  const kinds = new Set(given.map(({ kind }) => kind));
  return kinds.size === 1 ? given[0]?.kind : undefined;
}

/** @throws ExpressionFault as {@link callFunction} */
export function callMethod(owner: Compiled, name: string, given: readonly Compiled[]): Compiled {
  const known = methods.get(name);
  if (!known) throw unknown('method', name, methods);
  checkCount(name, given, known.takes);
  const { run, kind, items } = known;
  const all = [owner, ...given];
  return { run: (scope) => call(run, null, values(all, scope)), kind, items };
}

function values(given: readonly Compiled[], scope: Scope): Value[] {
  return given.map((argument) => argument.run(scope));
}

function call(
  run: (...given: Exclude<Value, null>[]) => Value,
  ofNull: Value,
  given: readonly Value[],
): Value {
  const there = given.filter((value) => value !== null);
  return there.length < given.length ? ofNull : run(...there);
}

function checkCount(
  name: string,
  { length }: readonly Compiled[],
  [least, most]: readonly [number, number],
): void {
  if (length >= least && length <= most) return;
  const wanted = least === most ? String(least) : `${least} to ${most}`;
  throw new ExpressionFault(`${name}() takes ${wanted} arguments, and is given ${length}`);
}

function unknown(what: string, name: string, known: ReadonlyMap<string, unknown>): ExpressionFault {
  const meant = nearest(name, [...known.keys()]);
  const hint = meant === undefined ? 'STREAM-MAPS.md lists them all' : `did you mean "${meant}"`;
  return new ExpressionFault(`there is no ${what} "${name}" here: ${hint}`);
}

type Given = Exclude<Value, null>;

/** A function of the language. Null among its arguments makes the result null, and it is not called. */
export interface MapFunction {
  /** How many arguments it takes: the least, the most. */
  readonly takes: readonly [number, number];
  /** What it gives; `same` where that is what it is given, nothing where that is not known. */
  readonly kind?: Kind | 'same';
  readonly run: (...given: Given[]) => Value;
  /** For those that make something of null too. */
  readonly ofNull?: Value;
}

/** Every function there is, by its name; those of Python's modules with the module in front. */
export const functions: ReadonlyMap<string, MapFunction> = new Map<string, MapFunction>([
  ['md5', { takes: [1, 1], kind: 'string', run: (value) => hash('md5', value) }],
  ['sha256', { takes: [1, 1], kind: 'string', run: (value) => hash('sha256', value) }],
  ['str', { takes: [1, 1], kind: 'string', run: textOf }],
  ['int', { takes: [1, 1], kind: 'integer', run: toInteger }],
  ['float', { takes: [1, 1], kind: 'number', run: toNumber }],
  ['bool', { takes: [1, 1], kind: 'boolean', run: isTruthy, ofNull: false }],
  ['len', { takes: [1, 1], kind: 'integer', run: length }],
  ['abs', { takes: [1, 1], kind: 'same', run: absolute }],
  ['round', { takes: [1, 2], kind: 'number', run: round }],
  ['min', { takes: [2, 20], kind: 'same', run: (...values) => extreme(values, -1) }],
  ['max', { takes: [2, 20], kind: 'same', run: (...values) => extreme(values, 1) }],
  ['json.dumps', { takes: [1, 1], kind: 'string', run: (value) => JSON.stringify(asJson(value)) }],
  ['json.loads', { takes: [1, 1], run: readJson }],
  ['datetime.datetime.fromisoformat', { takes: [1, 1], kind: 'date-time', run: toMoment }],
  [
    'datetime.date.fromisoformat',
    { takes: [1, 1], kind: 'date', run: (value) => toMoment(value).date() },
  ],
  ['datetime.datetime.now', { takes: [0, 0], kind: 'date-time', run: () => Moment.now() }],
  ['datetime.datetime.utcnow', { takes: [0, 0], kind: 'date-time', run: () => Moment.now() }],
  ['datetime.date.today', { takes: [0, 0], kind: 'date', run: () => Moment.now().date() }],
]);

function hash(algorithm: 'md5' | 'sha256', value: Given): string {
  return createHash(algorithm).update(textOf(value), 'utf8').digest('hex');
}

/** Cuts what stands behind the point, as `int()` does. */
function toInteger(value: Given): Value {
  if (typeof value === 'boolean') return Number(value);
  const text = isRawJson(value) ? value.rawJSON : value;
  if (typeof text === 'number') return Math.trunc(text);
  if (typeof text !== 'string') throw unfit('int()', value);
  const [digits] = /^\s*[+-]?\d{1,400}(?=\s*$)/.exec(text) ?? [];
  if (digits !== undefined) return fromInteger(BigInt(digits.trim().replace('+', '')));
  if (!isRawJson(value)) throw new ExpressionFault('int() is given a text that is no whole number');
  return toInteger(toDouble(text));
}

function toNumber(value: Given): Value {
  if (isNumeric(value)) return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string') throw unfit('float()', value);
  return toDouble(value);
}

function toDouble(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) return number;
  throw new ExpressionFault('float() is given a text that is no number');
}

function absolute(value: Given): Value {
  return compare(value, 0) < 0 ? negate(value) : value;
}

function length(value: Given): number {
  if (typeof value === 'string') return Array.from(value).length;
  if (isArray(value)) return value.length;
  if (isObject(value)) return Object.keys(value).length;
  throw unfit('len()', value);
}

function round(value: Given, digits: Given = 0): number {
  const places = asInteger(digits);
  if (!isNumeric(value)) throw unfit('round()', value);
  if (places === undefined || places < 0n || places > 20n) {
    throw new ExpressionFault('round() takes 0 to 20 places');
  }
  const number = isRawJson(value) ? Number(value.rawJSON) : value;
  return Math.abs(number) < 1e21 ? Number(number.toFixed(Number(places))) : number;
}

function extreme(values: readonly Given[], sign: 1 | -1): Value {
  return values.reduce((best, value) => (compare(value, best) * sign > 0 ? value : best));
}

function readJson(value: Given): JsonValue {
  if (typeof value !== 'string') throw unfit('json.loads()', value);
  try {
    return parseLossless(value);
  } catch {
    // The parser's message quotes the text.
    throw new ExpressionFault('json.loads() is given a text that is no JSON');
  }
}

function toMoment(value: Given): Moment {
  if (value instanceof Moment) return value;
  const moment = typeof value === 'string' ? Moment.parse(value.trim()) : undefined;
  if (moment) return moment;
  throw new ExpressionFault('fromisoformat() is given what is no ISO 8601 date');
}

function unfit(what: string, value: Given): ExpressionFault {
  return new ExpressionFault(`${what} is given ${nameOf(value)}`);
}
