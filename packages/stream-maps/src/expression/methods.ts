import { asInteger } from './operators.ts';
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
  ['strip', ofString('string', (text, set) => stripEnd(stripStart(text, set), set), [0, 1])],
  ['lstrip', ofString('string', stripStart, [0, 1])],
  ['rstrip', ofString('string', stripEnd, [0, 1])],
  ['removeprefix', ofString('string', (text, part = '') => withoutPrefix(text, part), [1, 1])],
  ['removesuffix', ofString('string', (text, part = '') => withoutSuffix(text, part), [1, 1])],
  ['startswith', ofString('boolean', (text, part = '') => text.startsWith(part), [1, 1])],
  ['endswith', ofString('boolean', (text, part = '') => text.endsWith(part), [1, 1])],
  ['find', ofString('integer', find, [1, 1])],
  ['count', ofString('integer', (text, part = '') => piecesOf(text, part).length - 1, [1, 1])],
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

function capitalize(text: string): string {
  const [first = '', ...rest] = text;
  return first.toUpperCase() + rest.join('').toLowerCase();
}

function stripStart(text: string, set?: string): string {
  if (set === undefined) return text.trimStart();
  const characters = Array.from(text);
  const start = characters.findIndex((character) => !includesCharacter(set, character));
  return start < 0 ? '' : characters.slice(start).join('');
}

function stripEnd(text: string, set?: string): string {
  if (set === undefined) return text.trimEnd();
  const characters = Array.from(text);
  const last = characters.findLastIndex((character) => !includesCharacter(set, character));
  return characters.slice(0, last + 1).join('');
}

/**
 * True if a set of characters contains a character. `includes` would also find one half of a
 * surrogate pair.
 */
function includesCharacter(set: string, character: string): boolean {
  return Array.from(set).includes(character);
}

/** Returns the index of `part` in code points, or -1 if it is missing. */
function find(text: string, part = ''): number {
  const at = text.indexOf(part);
  return at < 0 ? at : Array.from(text.slice(0, at)).length;
}

/** Splits a string. An empty separator splits before and after every character, as in Python. */
function piecesOf(text: string, separator: string): string[] {
  return separator === '' ? ['', ...Array.from(text), ''] : text.split(separator);
}

function withoutPrefix(text: string, part: string): string {
  return text.startsWith(part) ? text.slice(part.length) : text;
}

function withoutSuffix(text: string, part: string): string {
  return part !== '' && text.endsWith(part) ? text.slice(0, -part.length) : text;
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
  if (separator === undefined) return text.split(/\s+/).filter((piece) => piece !== '');
  const between = asString(separator);
  if (between === '') throw new ExpressionError('split() was called with an empty separator');
  const [pieces, most] = [text.split(between), asCount(times)];
  if (most < 0 || most >= pieces.length - 1) return pieces;
  return [...pieces.slice(0, most), pieces.slice(most).join(between)];
}

function zfill(owner: NonNull = '', width: NonNull = 0): string {
  const [, sign = '', digits = ''] = /^([+-]?)(.*)$/s.exec(asString(owner)) ?? [];
  const length = asCount(width);
  refuseLong(length);
  return sign + '0'.repeat(Math.max(0, length - sign.length - Array.from(digits).length)) + digits;
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
