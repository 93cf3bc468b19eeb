import { asInteger } from './operators.ts';
import {
  ExpressionFault,
  isArray,
  isObject,
  Moment,
  nameOf,
  type Kind,
  type Value,
} from './value.ts';

type Given = Exclude<Value, null>;

/** A method of texts, objects or dates. Null as its owner or argument makes the result null. */
export interface Method {
  readonly takes: readonly [number, number];
  readonly kind?: Kind;
  /** What the items of the list are that it gives. */
  readonly items?: Kind;
  readonly run: (...ownerAndGiven: Given[]) => Value;
}

/** Texts that an expression makes are not longer: a wrong one must not fill the memory. */
const LONGEST = 16 * 1024 * 1024;

/** Every method there is, by its name. */
export const methods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['lower', ofText('string', (text) => text.toLowerCase())],
  ['upper', ofText('string', (text) => text.toUpperCase())],
  ['capitalize', ofText('string', capitalize)],
  ['title', ofText('string', (text) => text.replaceAll(/\p{L}+/gu, capitalize))],
  ['strip', ofText('string', (text, set) => stripEnd(stripStart(text, set), set), [0, 1])],
  ['lstrip', ofText('string', stripStart, [0, 1])],
  ['rstrip', ofText('string', stripEnd, [0, 1])],
  ['removeprefix', ofText('string', (text, part = '') => withoutPrefix(text, part), [1, 1])],
  ['removesuffix', ofText('string', (text, part = '') => withoutSuffix(text, part), [1, 1])],
  ['startswith', ofText('boolean', (text, part = '') => text.startsWith(part), [1, 1])],
  ['endswith', ofText('boolean', (text, part = '') => text.endsWith(part), [1, 1])],
  ['find', ofText('integer', find, [1, 1])],
  ['count', ofText('integer', (text, part = '') => piecesOf(text, part).length - 1, [1, 1])],
  ['isdigit', ofText('boolean', (text) => /^\d+$/.test(text))],
  ['replace', { takes: [2, 3], kind: 'string', run: replace }],
  ['split', { takes: [0, 2], kind: 'array', items: 'string', run: split }],
  ['zfill', { takes: [1, 1], kind: 'string', run: zfill }],
  ['join', { takes: [1, 1], kind: 'string', run: join }],
  ['get', { takes: [1, 2], run: get }],
  ['date', ofMoment('date', (moment) => moment.date())],
  ['isoformat', ofMoment('string', (moment) => moment.toString())],
  ['strftime', ofMoment('string', (moment, pattern = '') => moment.format(pattern), [1, 1])],
]);

function ofText(
  kind: Kind,
  run: (text: string, argument?: string) => Value,
  takes: Method['takes'] = [0, 0],
): Method {
  return {
    takes,
    kind,
    run: (owner: Given = '', argument?: Given) =>
      argument === undefined ? run(asText(owner)) : run(asText(owner), asText(argument)),
  };
}

function ofMoment(
  kind: Kind,
  run: (moment: Moment, argument?: string) => Value,
  takes: Method['takes'] = [0, 0],
): Method {
  return {
    takes,
    kind,
    run(owner: Given = '', argument?: Given) {
      if (!(owner instanceof Moment)) throw wrongOwner(owner, 'a date');
      return argument === undefined ? run(owner) : run(owner, asText(argument));
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

/** Unlike `includes`, this does not find a surrogate within a pair. */
function includesCharacter(set: string, character: string): boolean {
  return Array.from(set).includes(character);
}

/** The place of `part` in characters, or -1 if it is missing. */
function find(text: string, part = ''): number {
  const at = text.indexOf(part);
  return at < 0 ? at : Array.from(text.slice(0, at)).length;
}

/** Splits text; an empty separator is found around every character, as in Python. */
function piecesOf(text: string, separator: string): string[] {
  return separator === '' ? ['', ...Array.from(text), ''] : text.split(separator);
}

function withoutPrefix(text: string, part: string): string {
  return text.startsWith(part) ? text.slice(part.length) : text;
}

function withoutSuffix(text: string, part: string): string {
  return part !== '' && text.endsWith(part) ? text.slice(0, -part.length) : text;
}

function replace(owner: Given = '', old: Given = '', by: Given = '', times: Given = -1): string {
  const [text, sought, put] = [asText(owner), asText(old), asText(by)];
  const pieces = piecesOf(text, sought);
  const most = asCount(times);
  const replaced = most < 0 ? pieces.length - 1 : Math.min(most, pieces.length - 1);
  refuseLong(text.length + replaced * put.length);
  const behind = pieces.slice(replaced).join(sought);
  return replaced === 0 ? text : [...pieces.slice(0, replaced), behind].join(put);
}

function split(owner: Given = '', separator?: Given, times: Given = -1): string[] {
  const text = asText(owner);
  if (separator === undefined) return text.split(/\s+/).filter((piece) => piece !== '');
  const between = asText(separator);
  if (between === '') throw new ExpressionFault('split() is given an empty text to split at');
  const [pieces, most] = [text.split(between), asCount(times)];
  if (most < 0 || most >= pieces.length - 1) return pieces;
  return [...pieces.slice(0, most), pieces.slice(most).join(between)];
}

function zfill(owner: Given = '', width: Given = 0): string {
  const [, sign = '', digits = ''] = /^([+-]?)(.*)$/s.exec(asText(owner)) ?? [];
  const length = asCount(width);
  refuseLong(length);
  return sign + '0'.repeat(Math.max(0, length - sign.length - Array.from(digits).length)) + digits;
}

function join(owner: Given = '', list: Given = []): string {
  if (!isArray(list)) throw new ExpressionFault(`join() is given ${nameOf(list)}`);
  const [between, texts] = [asText(owner), list.map((item) => asText(item ?? false))];
  refuseLong(texts.reduce((sum, text) => sum + text.length + between.length, 0));
  return texts.join(between);
}

function get(owner: Given = '', name: Given = '', otherwise: Value = null): Value {
  if (!isObject(owner)) throw wrongOwner(owner, 'an object');
  const key = asText(name);
  return Object.hasOwn(owner, key) ? (owner[key] ?? null) : otherwise;
}

function asText(value: Given): string {
  if (typeof value === 'string') return value;
  throw new ExpressionFault(`a method of texts meets ${nameOf(value)}: convert it with str()`);
}

function asCount(value: Given): number {
  const integer = asInteger(value);
  if (integer === undefined) throw new ExpressionFault(`a method counts with ${nameOf(value)}`);
  return Number(integer);
}

function refuseLong(length: number): void {
  if (length > LONGEST) throw new ExpressionFault('the expression makes a text of over 16 MiB');
}

function wrongOwner(owner: Given, wanted: string): ExpressionFault {
  return new ExpressionFault(`a method of ${wanted} meets ${nameOf(owner)}`);
}
