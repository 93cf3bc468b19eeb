/**
 * True if a name matches a shell pattern with `*`, `?`, `[a-z]` and `[!a-z]`. Each `*` first matches
 * nothing and is extended only if the rest fails. It is never necessary to return to an earlier
 * `*`, so the time is at most the length of the name times the length of the pattern. A regular
 * expression would take exponential time.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const parts = partsOf(pattern);
  const characters = Array.from(name);
  let [part, at] = [0, 0];
  let star: { readonly part: number; at: number } | undefined;
  while (at < characters.length) {
    const wanted = parts[part];
    if (wanted === ANY) {
      part += 1;
      star = { part, at };
    } else if (wanted?.(characters[at] ?? '') === true) {
      part += 1;
      at += 1;
    } else if (star) {
      star.at += 1;
      [part, at] = [star.part, star.at];
    } else return false;
  }
  return parts.slice(part).every((rest) => rest === ANY);
}

/** Tests one character. */
type Part = ((character: string) => boolean) | typeof ANY;

/** `*` */
const ANY = Symbol('any characters');

function partsOf(pattern: string): Part[] {
  const characters = Array.from(pattern);
  const parts: Part[] = [];
  const lastBracket = characters.lastIndexOf(']');
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? '';
    // A bracket directly after `[` or `[!` belongs to the set, as in Python's fnmatch.
    const first = at + (characters[at + 1] === '!' ? 2 : 1);
    const end = character === '[' && first < lastBracket ? characters.indexOf(']', first + 1) : -1;
    if (end >= 0) {
      parts.push(setOf(characters.slice(first, end), characters[at + 1] === '!'));
      at = end;
    } else if (character === '*') parts.push(ANY);
    else parts.push((other) => character === '?' || other === character);
  }
  return parts;
}

function setOf(characters: readonly string[], isNegated: boolean): Part {
  const ranges: [string, string][] = [];
  for (let at = 0; at < characters.length; at += 1) {
    const [from = '', dash, to] = characters.slice(at, at + 3);
    const isRange = dash === '-' && to !== undefined;
    ranges.push([from, isRange ? to : from]);
    if (isRange) at += 2;
  }
  return (other) =>
    ranges.some(([from, to]) => codeOf(from) <= codeOf(other) && codeOf(other) <= codeOf(to)) !==
    isNegated;
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
