/** The place of a character in a text. Both numbers count from 1; the column counts characters. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Returns the place that follows a text. */
export function placeAfter(text: string): TextPlace {
  const lines = text.split(/\r\n|\r|\n/);
  return { line: lines.length, column: Array.from(lines.at(-1) ?? '').length + 1 };
}

/** Bytes that are not text in their encoding. */
export class TextError extends Error {
  override readonly name = 'TextError';
  /** E.g. `UTF-8`. */
  readonly encoding: string;
  readonly place: TextPlace;

  constructor(encoding: string, place: TextPlace) {
    super(`line ${place.line}, column ${place.column} is not valid ${encoding}`);
    this.encoding = encoding;
    this.place = place;
  }
}

/**
 * Decodes a text file: UTF-16 if it begins with that byte order mark, as files of Windows PowerShell
 * do, and UTF-8 otherwise. Removes the mark.
 * @throws TextError for bytes that are not valid, because replacing them would change values
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding = markedEncoding(bytes) ?? 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    const valid = longestValid(bytes, encoding);
    throw new TextError(encoding.replace(/[lb]e$/, '').toUpperCase(), placeAfter(valid));
  }
}

/** @returns the encoding that a byte order mark names; undefined if there is no mark */
export function markedEncoding(bytes: Uint8Array): string | undefined {
  return BYTE_ORDER_MARKS.find(([, ...mark]) => mark.every((byte, at) => bytes[at] === byte))?.[0];
}

const BYTE_ORDER_MARKS: readonly (readonly [string, ...number[]])[] = [
  ['utf-8', 0xef, 0xbb, 0xbf],
  ['utf-16le', 0xff, 0xfe],
  ['utf-16be', 0xfe, 0xff],
];

/** Decodes the bytes before the first invalid one, which it finds by bisection. */
function longestValid(bytes: Uint8Array, encoding: string): string {
  let [valid, invalid] = [0, bytes.length + 1];
  while (invalid - valid > 1) {
    const middle = Math.floor((valid + invalid) / 2);
    if (decodeStart(bytes, middle, encoding) === undefined) invalid = middle;
    else valid = middle;
  }
  return decodeStart(bytes, valid, encoding) ?? '';
}

/** @returns undefined if the first bytes are invalid, regardless of the bytes that follow */
function decodeStart(bytes: Uint8Array, length: number, encoding: string): string | undefined {
  try {
    const decoder = new TextDecoder(encoding, { fatal: true });
    return decoder.decode(bytes.subarray(0, length), { stream: true });
  } catch {
    return undefined;
  }
}
