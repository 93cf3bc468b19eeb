import {
  compactJson,
  isExact,
  rawMembers,
  type JsonRecord,
  type JsonValue,
  type Line,
  type RecordMessage,
} from '@exact-spotter/singer';

/** A RECORD message and its line, which has the original spelling of numbers and nested values. */
export class SourcedRecord {
  readonly message: RecordMessage;
  readonly line: Line;
  #members: ReadonlyMap<string, string> | undefined;
  #hasExponent: boolean | undefined;

  constructor(message: RecordMessage, line: Line) {
    this.message = message;
    this.line = line;
  }

  get values(): JsonRecord {
    return this.message.record;
  }

  /** Returns the record with every number as a double. */
  withDoubles(): unknown {
    return (JSON.parse(this.line.text) as { readonly record: unknown }).record;
  }

  /**
   * Returns the value of a property as compact JSON text with the digits and key order of the source.
   * `JSON.parse` loses the order of keys that look like integers.
   */
  jsonText(property: string, value: JsonValue): string {
    const usual = faithfulJson(value);
    if (usual !== undefined && this.#contains(property, usual)) return usual;
    return compactJson(this.#member(property) ?? 'null');
  }

  /**
   * Returns a doubtful number without changing its value: a double if that is exact, otherwise the
   * literal.
   */
  exactNumber(property: string, value: number): JsonValue {
    if (Object.is(value, 0) && !this.#mayUnderflow()) return value;
    const literal = this.#member(property);
    if (literal === undefined || !/^[-\d]/.test(literal)) return value;
    return isExact(value, literal) ? value : JSON.rawJSON(literal);
  }

  /** A nonzero number can only underflow to zero if it has a negative exponent. */
  #mayUnderflow(): boolean {
    this.#hasExponent ??= /\d[eE]-/.test(this.line.text);
    return this.#hasExponent;
  }

  /**
   * True if the line contains the property and its value in exactly this spelling, which most taps
   * use.
   */
  #contains(property: string, text: string): boolean {
    return this.line.text.includes(`${JSON.stringify(property)}:${text}`);
  }

  #member(property: string): string | undefined {
    this.#members ??= rawMembers(rawMembers(this.line.text).get('record') ?? '');
    return this.#members.get(property);
  }
}

/**
 * Returns a value as JSON text.
 * @returns undefined if `JSON.stringify` would not keep the source's spelling: it reorders keys that
 *   look like integers, and fails on deep nesting
 */
export function faithfulJson(value: JsonValue): string | undefined {
  try {
    const text = JSON.stringify(value);
    return /"\d+":/.test(text) ? undefined : text;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
