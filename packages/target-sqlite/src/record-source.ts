import { compactJson, isExact, rawMembers, type JsonValue, type Line } from '@exact-spotter/singer';

/** The text of one record, from which nested values are taken as they were written. */
export class RecordSource {
  #line: Line = { number: 0, text: '' };
  #isBare = false;
  #members: ReadonlyMap<string, string> | undefined;
  #exponent: boolean | undefined;

  /** @param isBare true where the line is the record itself, as in the file of a BATCH */
  set(line: Line, isBare: boolean): void {
    this.#line = line;
    this.#isBare = isBare;
    this.#members = undefined;
    this.#exponent = undefined;
  }

  /** The record with all numbers as doubles. */
  plainRecord(): unknown {
    const parsed: unknown = JSON.parse(this.#line.text);
    return this.#isBare ? parsed : (parsed as { readonly record: unknown }).record;
  }

  /**
   * The JSON text of a property: compact, with its digits, and its keys in their order, which
   * `JSON.parse` loses for keys that look like numbers.
   */
  jsonText(property: string, value: JsonValue): string {
    const usual = usualText(value);
    if (usual !== undefined && this.#says(property, usual)) return usual;
    return compactJson(this.#member(property) ?? 'null');
  }

  /**
   * A number that is doubtful, as it was written: itself where its double is that, else its
   * literal.
   */
  exactNumber(property: string, value: number): JsonValue {
    if (Object.is(value, 0) && !this.#hasExponent()) return value;
    const literal = this.#member(property);
    if (literal === undefined || !/^[-\d]/.test(literal)) return value;
    return isExact(value, literal) ? value : JSON.rawJSON(literal);
  }

  /** Only an exponent makes a zero of another number. */
  #hasExponent(): boolean {
    this.#exponent ??= /\d[eE]-/.test(this.#line.text);
    return this.#exponent;
  }

  /** True where the record says it in just these letters, as most taps write. */
  #says(property: string, text: string): boolean {
    return this.#line.text.includes(`${JSON.stringify(property)}:${text}`);
  }

  #member(property: string): string | undefined {
    this.#members ??= this.#readMembers();
    return this.#members.get(property);
  }

  #readMembers(): ReadonlyMap<string, string> {
    const { text } = this.#line;
    return rawMembers(this.#isBare ? text : (rawMembers(text).get('record') ?? ''));
  }
}

/** What `JSON.stringify` gives, where it can be trusted with the order of keys and the depth. */
function usualText(value: JsonValue): string | undefined {
  try {
    const text = JSON.stringify(value);
    return /"\d+":/.test(text) ? undefined : text;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
