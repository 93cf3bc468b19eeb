declare global {
  // The standard's "JSON.parse source text access", which the compiler's library lacks.
  interface JSON {
    isRawJSON(value: unknown): value is RawJson;
    rawJSON(text: string): RawJson;
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
    ): unknown;
  }
}

/** A JSON number kept digit for digit: what `JSON.rawJSON` gives, and `JSON.stringify` writes back. */
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

/** True for a number that {@link parseLossless} kept as its literal. */
export function isRawJson(value: unknown): value is RawJson {
  return JSON.isRawJSON(value);
}

/** True for a JSON object: not for null, an array or a number kept as its literal. */
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
 * `JSON.parse`, with every number whose decimal value a double cannot hold kept as its literal
 * ({@link RawJson}): integers past 2^53, decimals of many digits, exponents out of range, and -0.
 * @throws SyntaxError as `JSON.parse` does
 */
export function parseLossless(text: string): JsonValue {
  return ODD_NUMBER.test(text)
    ? (JSON.parse(text, keepLiteral) as JsonValue)
    : parseKeepingDigits(text);
}

/**
 * The same at nearly the cost of `JSON.parse`, but for numbers that are {@link isDoubtful}: they
 * come as `JSON.parse` gives them, and only their literal tells whether they are what was written.
 */
export function parseKeepingDigits(text: string): JsonValue {
  const isPlain = !LONG_DIGITS.test(text);
  return (isPlain ? JSON.parse(text) : JSON.parse(text, keepLiteral)) as JsonValue;
}

/** True for what -0, and exponents past the range of doubles, become: zeros, infinities, crumbs. */
export function isDoubtful(value: number): boolean {
  return !Number.isFinite(value) || Math.abs(value) < LEAST_SURE;
}

/** Doubles that are smaller have fewer digits; this leaves room for 15 of them. */
export const LEAST_SURE = 1e-290;

/**
 * 16 digits or more, which a double may not hold; the dot counts, as fewer digits cannot make 16
 * with it. A text that looks so costs the slower parse, nothing else. Written out sixteen times,
 * since only then does the engine skip ahead, and takes a fifteenth of the time.
 */
const LONG_DIGITS = new RegExp('[\\d.]'.repeat(16));

/** An exponent, which may be past the range of doubles, and a minus zero. */
const ODD_NUMBER = /[\d.][eE][-+\d]|(?:^|[:[,\s])-0/;

function keepLiteral(_key: string, value: unknown, { source }: { source?: string }): unknown {
  if (typeof value !== 'number' || source === undefined) return value;
  return isExact(value, source) ? value : JSON.rawJSON(source);
}

/**
 * True when the double holds the literal's decimal value and -0 is not lost.
 * @param literal a JSON number, e.g. `1.10`, `1e2`
 */
export function isExact(value: number, literal: string): boolean {
  if (!Number.isFinite(value)) return false;
  if (value === 0) return !literal.startsWith('-') && /^[-0.]*(?:[eE]|$)/.test(literal);
  const shortest = String(value);
  return shortest === literal || decimal(shortest) === decimal(literal);
}

/** Sign, significant digits and power of ten: equal exactly for literals of equal value. */
function decimal(literal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  const power =
    BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length);
  return `${sign}${significant}e${power}`;
}

/**
 * The source text of each member of the object in `text`, one level deep and in its own order, so
 * that digits, key order and spelling survive. A key that comes twice keeps its last value. The
 * text must be valid JSON (parse it first); a text that holds no object gives an empty map.
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
 * The same JSON without the space between its parts, and with texts in their shortest spelling;
 * digits, the order of keys and keys that come twice stay. Not recursive: any depth will do.
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

/** @param from where the opening quote stands; @returns the place after the closing one */
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
