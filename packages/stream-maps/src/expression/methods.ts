import { asInteger } from './arithmetic.ts';
import {
  capitalize,
  endsWith,
  lengthOf,
  piecesOf,
  positionOf,
  startsWith,
  strip,
  stripEnd,
  stripStart,
  withoutPrefix,
  withoutSuffix,
  wordsOf,
} from './characters.ts';
import {
  ExpressionError,
  isArray,
  isPlainObject,
  Moment,
  describe,
  type Kind,
  type NonNull,
  type Value,
} from './expression-value.ts';

/**
 * A method of strings, objects or dates. The result is null if the owner or an argument is null.
 */
export interface Method {
  /** The minimum and maximum number of arguments. */
  readonly arity: readonly [number, number];
  readonly kind?: Kind;
  /** The type of the items, if the result is a list. */
  readonly items?: Kind;
  readonly apply: (...ownerAndArgs: NonNull[]) => Value;
}

/**
 * The longest string that an expression may create. The limit prevents a mistaken expression from
 * filling the memory.
 */
const MAX_LENGTH = 16 * 1024 * 1024;

/** All methods by name. */
export const methods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['lower', ofString('string', (text) => text.toLowerCase())],
  ['upper', ofString('string', (text) => text.toUpperCase())],
  ['capitalize', ofString('string', capitalize)],
  ['title', ofString('string', (text) => text.replaceAll(/\p{L}+/gu, capitalize))],
  ['strip', ofString('string', strip, [0, 1])],
  ['lstrip', ofString('string', stripStart, [0, 1])],
  ['rstrip', ofString('string', stripEnd, [0, 1])],
  ['removeprefix', ofString('string', (text, part = '') => withoutPrefix(text, part), [1, 1])],
  ['removesuffix', ofString('string', (text, part = '') => withoutSuffix(text, part), [1, 1])],
  ['startswith', ofString('boolean', (text, part = '') => startsWith(text, part), [1, 1])],
  ['endswith', ofString('boolean', (text, part = '') => endsWith(text, part), [1, 1])],
  ['find', ofSearch(positionOf)],
  ['rfind', ofSearch((text, part, range) => positionOf(text, part, { ...range, last: true }))],
  ['index', ofSearch((text, part, range) => required(positionOf(text, part, range)))],
  [
    'rindex',
    ofSearch((text, part, range) => required(positionOf(text, part, { ...range, last: true }))),
  ],
  ['count', ofString('integer', (text, part = '') => piecesOf(text, part).length - 1, [1, 1])],
  ['ljust', ofPadding((text, fill) => text + fill)],
  ['rjust', ofPadding((text, fill) => fill + text)],
  ['isdigit', ofString('boolean', (text) => /^\d+$/.test(text))],
  ['replace', { arity: [2, 3], kind: 'string', apply: replace }],
  ['split', { arity: [0, 2], kind: 'array', items: 'string', apply: split }],
  ['zfill', { arity: [1, 1], kind: 'string', apply: zfill }],
  ['join', { arity: [1, 1], kind: 'string', apply: join }],
  ['get', { arity: [1, 2], apply: get }],
  ['date', ofMoment('date', (moment) => moment.date())],
  ['isoformat', ofMoment('string', (moment) => moment.toString())],
  ['strftime', ofMoment('string', (moment, pattern = '') => moment.format(pattern), [1, 1])],
]);

function ofString(
  kind: Kind,
  apply: (text: string, argument?: string) => Value,
  arity: Method['arity'] = [0, 0],
): Method {
  return {
    arity,
    kind,
    apply: (owner: NonNull = '', argument?: NonNull) =>
      argument === undefined ? apply(asString(owner)) : apply(asString(owner), asString(argument)),
  };
}

/** A search for a part of a string, optionally from a position to before another. */
function ofSearch(
  search: (text: string, part: string, range: { start?: number; end?: number }) => number,
): Method {
  return {
    arity: [1, 3],
    kind: 'integer',
    apply: (owner: NonNull = '', part: NonNull = '', start: NonNull = 0, end?: NonNull) =>
      search(asString(owner), asString(part), {
        start: asCount(start),
        ...(end !== undefined && { end: asCount(end) }),
      }),
  };
}

function required(position: number): number {
  if (position >= 0) return position;
  throw new ExpressionError('index() did not find the string: use find(), which then returns -1');
}

function ofPadding(pad: (text: string, padding: string) => string): Method {
  return {
    arity: [1, 2],
    kind: 'string',
    apply: (owner: NonNull = '', width: NonNull = 0, fill: NonNull = ' ') => {
      const [text, character] = [asString(owner), asString(fill)];
      if (lengthOf(character) !== 1)
        throw new ExpressionError('the padding must be a string of one character');
      return pad(text, character.repeat(missing(text, width)));
    },
  };
}

/** Returns how many characters a string lacks to a width. */
function missing(text: string, width: NonNull): number {
  const length = asCount(width);
  refuseLong(length);
  return Math.max(0, length - lengthOf(text));
}

function ofMoment(
  kind: Kind,
  apply: (moment: Moment, argument?: string) => Value,
  arity: Method['arity'] = [0, 0],
): Method {
  return {
    arity,
    kind,
    apply(owner: NonNull = '', argument?: NonNull) {
      if (!(owner instanceof Moment)) throw wrongOwner(owner, 'a date');
      return argument === undefined ? apply(owner) : apply(owner, asString(argument));
    },
  };
}

function replace(
  owner: NonNull = '',
  old: NonNull = '',
  by: NonNull = '',
  times: NonNull = -1,
): string {
  const [text, sought, put] = [asString(owner), asString(old), asString(by)];
  const pieces = piecesOf(text, sought);
  const most = asCount(times);
  const replaced = most < 0 ? pieces.length - 1 : Math.min(most, pieces.length - 1);
  refuseLong(text.length + replaced * put.length);
  const rest = pieces.slice(replaced).join(sought);
  return replaced === 0 ? text : [...pieces.slice(0, replaced), rest].join(put);
}

function split(owner: NonNull = '', separator?: NonNull, times: NonNull = -1): string[] {
  const text = asString(owner);
  if (separator === undefined) return wordsOf(text);
  const between = asString(separator);
  if (between === '') throw new ExpressionError('split() was called with an empty separator');
  const [pieces, most] = [piecesOf(text, between), asCount(times)];
  if (most < 0 || most >= pieces.length - 1) return pieces;
  return [...pieces.slice(0, most), pieces.slice(most).join(between)];
}

function zfill(owner: NonNull = '', width: NonNull = 0): string {
  const text = asString(owner);
  const sign = text.startsWith('-') || text.startsWith('+') ? text.charAt(0) : '';
  return sign + '0'.repeat(missing(text, width)) + text.slice(sign.length);
}

function join(owner: NonNull = '', list: NonNull = []): string {
  if (!isArray(list)) throw new ExpressionError(`join() cannot be used with ${describe(list)}`);
  const [between, texts] = [asString(owner), list.map((item) => asString(item ?? false))];
  refuseLong(texts.reduce((sum, text) => sum + text.length + between.length, 0));
  return texts.join(between);
}

function get(owner: NonNull = '', name: NonNull = '', otherwise: Value = null): Value {
  if (!isPlainObject(owner)) throw wrongOwner(owner, 'an object');
  const key = asString(name);
  return Object.hasOwn(owner, key) ? (owner[key] ?? null) : otherwise;
}

function asString(value: NonNull): string {
  if (typeof value === 'string') return value;
  throw new ExpressionError(
    `a string method cannot be used with ${describe(value)}: convert it with str()`,
  );
}

function asCount(value: NonNull): number {
  const integer = asInteger(value);
  if (integer === undefined)
    throw new ExpressionError(`a method was called with ${describe(value)} instead of an integer`);
  return Number(integer);
}

function refuseLong(length: number): void {
  if (length > MAX_LENGTH) throw new ExpressionError('the result is longer than 16 MiB');
}

function wrongOwner(owner: NonNull, wanted: string): ExpressionError {
  return new ExpressionError(`a method of ${wanted} cannot be used with ${describe(owner)}`);
}
