import { withoutTrailingZeros } from '../trailing-zeros.ts';

declare global {
  // TypeScript's library does not declare ECMAScript's "JSON.parse source text access".
  interface JSON {
    isRawJSON(value: unknown): value is RawJson;
    rawJSON(text: string): RawJson;
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
    ): unknown;
  }
}

/** A JSON number with all its digits, as returned by `JSON.rawJSON`. */
export interface RawJson {
  readonly rawJSON: string;
}

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | RawJson
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** True for a number that was kept as its literal. */
export function isRawJson(value: unknown): value is RawJson {
  return JSON.isRawJSON(value);
}

/** True for a JSON object. False for null, an array, or a number that was kept as its literal. */
export function isObject(
  value: JsonValue | undefined,
): value is Readonly<Record<string, JsonValue>>;
export function isObject(value: unknown): value is Readonly<Record<string, unknown>>;
export function isObject(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value)
  );
}

/**
 * Parses JSON. A number that a double cannot represent exactly (beyond 2^53, with many decimals or
 * an extreme exponent, or -0) is kept as its literal ({@link RawJson}).
 * @throws SyntaxError as `JSON.parse` does
 */
export function parseLossless(text: string): JsonValue {
  return ODD_NUMBER.test(text)
    ? (JSON.parse(text, keepLiteral) as JsonValue)
    : parseKeepingDigits(text);
}

/**
 * Like {@link parseLossless}, but almost as fast as `JSON.parse`. In exchange, numbers for which
 * {@link isDoubtful} is true are parsed as doubles and may differ from their literals.
 * @throws SyntaxError as `JSON.parse` does
 */
export function parseKeepingDigits(text: string): JsonValue {
  const isPlain = !LONG_DIGITS.test(text);
  return (isPlain ? JSON.parse(text) : JSON.parse(text, keepLiteral)) as JsonValue;
}

/** True for a double that may not equal its literal: zero, ±Infinity, or a value near underflow. */
export function isDoubtful(value: number): boolean {
  return !Number.isFinite(value) || Math.abs(value) < SMALLEST_SURE;
}

/**
 * Doubles of at least this size have 15 or more significant digits. Smaller doubles have fewer
 * digits.
 */
export const SMALLEST_SURE = 1e-290;

/**
 * Matches 16 or more digits (or 15 digits and a decimal point), because a double may not represent
 * such a number exactly. A false positive only makes parsing slower. The pattern repeats the
 * character class instead of using `{16}`, because V8 can then skip ahead: measured to be 15 times
 * faster.
 */
const LONG_DIGITS = new RegExp('[\\d.]'.repeat(16));

/** Matches exponents, which may exceed the range of doubles, and minus zero. */
const ODD_NUMBER = /[\d.][eE][-+\d]|(?:^|[:[,\s])-0/;

function keepLiteral(_key: string, value: unknown, { source }: { source?: string }): unknown {
  if (typeof value !== 'number' || source === undefined) return value;
  return isExact(value, source) ? value : JSON.rawJSON(source);
}

/**
 * True if the double has exactly the literal's decimal value. False for -0.
 * @param literal a JSON number, e.g. `1.10`, `1e2`
 */
export function isExact(value: number, literal: string): boolean {
  if (!Number.isFinite(value)) return false;
  if (value === 0) return !literal.startsWith('-') && /^[-0.]*(?:[eE]|$)/.test(literal);
  const shortest = String(value);
  return shortest === literal || decimal(shortest) === decimal(literal);
}

/**
 * Returns the sign, significant digits and power of ten of a literal. Literals of equal value
 * return the same text.
 */
function decimal(literal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = withoutTrailingZeros(digits);
  const power =
    BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length);
  return `${sign}${significant}e${power}`;
}

/**
 * Returns the source text of each member of a JSON object, in order, so that digits, key order and
 * spelling are preserved. If a key occurs twice, the last value is used.
 * @param text valid JSON
 * @returns an empty map if the JSON is not an object
 */
export function rawMembers(text: string): Map<string, string> {
  const members = new Map<string, string>();
  let at = skipSpace(text, 0);
  if (text[at] !== '{') return members;
  at = skipSpace(text, at + 1);
  while (text[at] === '"') {
    const keyEnd = endOfString(text, at);
    const key = JSON.parse(text.slice(at, keyEnd)) as string;
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = endOfValue(text, start);
    members.set(key, text.slice(start, end));
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return members;
}

/**
 * Removes whitespace between tokens and writes strings in their shortest form. Keeps digits, key
 * order and duplicate keys. The function is not recursive, so it works at any nesting depth.
 * @param text valid JSON
 */
export function compactJson(text: string): string {
  if (!/[\s\\]/.test(text)) return text;
  const parts: string[] = [];
  const next = /["\s]/g;
  let start = 0;
  for (let found = next.exec(text); found; found = next.exec(text)) {
    const at = found.index;
    const end = found[0] === '"' ? endOfString(text, at) : skipSpace(text, at);
    parts.push(text.slice(start, at), found[0] === '"' ? shortest(text.slice(at, end)) : '');
    start = end;
    next.lastIndex = end;
  }
  return parts.join('') + text.slice(start);
}

function shortest(string: string): string {
  return string.includes('\\') ? JSON.stringify(JSON.parse(string)) : string;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at += 1;
  return at;
}

/** @param from the position of the opening quote @returns the position after the closing quote */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  for (;;) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes += 1;
    at += 1;
    if (backslashes % 2 === 0) return at;
  }
}

function endOfValue(text: string, from: number): number {
  const first = text[from];
  if (first === '"') return endOfString(text, from);
  if (first === '{' || first === '[') return endOfNested(text, from);
  let at = from;
  while (at < text.length && !',}] \t\r\n'.includes(text.charAt(at))) at += 1;
  return at;
}

function endOfNested(text: string, from: number): number {
  const next = /["{}[\]]/g;
  let depth = 0;
  next.lastIndex = from;
  for (let found = next.exec(text); found; found = next.exec(text)) {
    if (found[0] === '"') next.lastIndex = endOfString(text, found.index);
    else depth += found[0] === '{' || found[0] === '[' ? 1 : -1;
    if (depth === 0) return found.index + 1;
  }
  return text.length;
}
