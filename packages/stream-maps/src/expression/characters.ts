/**
 * Strings as Python sees them: positions and lengths count characters (code points), whereas
 * JavaScript counts UTF-16 units. Every function takes linear time.
 */

/** The characters that Python's `str.isspace()` accepts. */
const SPACE = characterSet(
  '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000',
);

function characterSet(text: string): ReadonlySet<string> {
  return new Set(text);
}

/** Returns how many characters a string has. */
export function lengthOf(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at += 1) {
    if (isPair(text, at)) {
      length -= 1;
      at += 1;
    }
  }
  return length;
}

function isPair(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff;
}

/** Returns the characters from `start` to before `end`; negative positions count from the end. */
export function sliceOf(text: string, start: number, end?: number): string {
  return Array.from(text).slice(start, end).join('');
}

/**
 * Splits at each occurrence of a separator. An empty separator splits before and after every
 * character, as in Python.
 */
export function piecesOf(text: string, separator: string): string[] {
  if (separator === '') return ['', ...Array.from(text), ''];
  return isPart(text, separator) ? text.split(separator) : [text];
}

/** True if a string contains another. */
export function isPart(text: string, part: string): boolean {
  // Half of a character is not a part of it, although JavaScript finds it.
  return text.includes(part) && (part.isWellFormed() || !text.isWellFormed());
}

/**
 * Returns the position of the first or last occurrence in characters, or -1 if there is none.
 * @param start where the search begins; negative positions count from the end
 * @param end where the search ends (default: at the end of the string)
 */
export function positionOf(
  text: string,
  part: string,
  { last = false, start = 0, end }: { last?: boolean; start?: number; end?: number } = {},
): number {
  const characters = Array.from(text);
  const [from, to] = bounds(characters.length, start, end);
  const range = characters.slice(from, to).join('');
  if (from > to || !isPart(range, part)) return -1;
  const at = last ? range.lastIndexOf(part) : range.indexOf(part);
  return from + lengthOf(range.slice(0, at));
}

function bounds(length: number, start: number, end = length): [number, number] {
  const within = (at: number): number => Math.max(0, at < 0 ? at + length : at);
  return [within(start), Math.min(length, within(end))];
}

/** Removes characters from both ends. @param set the characters to remove (default: whitespace) */
export function strip(text: string, set?: string): string {
  return stripEnd(stripStart(text, set), set);
}

export function stripStart(text: string, set?: string): string {
  const [removed, characters] = [setOf(set), Array.from(text)];
  const start = characters.findIndex((character) => !removed.has(character));
  return start < 0 ? '' : characters.slice(start).join('');
}

export function stripEnd(text: string, set?: string): string {
  const [removed, characters] = [setOf(set), Array.from(text)];
  const last = characters.findLastIndex((character) => !removed.has(character));
  return characters.slice(0, last + 1).join('');
}

function setOf(set: string | undefined): ReadonlySet<string> {
  return set === undefined ? SPACE : characterSet(set);
}

/** Splits at whitespace. Returns no empty strings. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  let start: number | undefined;
  for (let at = 0; at <= text.length; at += 1) {
    const isWord = at < text.length && !SPACE.has(text.charAt(at));
    if (isWord) start ??= at;
    else if (start !== undefined) {
      words.push(text.slice(start, at));
      start = undefined;
    }
  }
  return words;
}

export function startsWith(text: string, part: string): boolean {
  return text.startsWith(part) && isPart(text, part);
}

export function endsWith(text: string, part: string): boolean {
  return text.endsWith(part) && isPart(text, part);
}

export function withoutPrefix(text: string, part: string): string {
  return startsWith(text, part) ? text.slice(part.length) : text;
}

export function withoutSuffix(text: string, part: string): string {
  return part !== '' && endsWith(text, part) ? text.slice(0, -part.length) : text;
}

export function capitalize(text: string): string {
  const [first = ''] = text;
  return first.toUpperCase() + text.slice(first.length).toLowerCase();
}
