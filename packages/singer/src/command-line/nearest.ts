import { closest, distance } from 'fastest-levenshtein';

/**
 * Returns the known name that a misspelled name probably means. Ignores case, and treats `-` as
 * `_`.
 * @returns undefined if more than a third of the characters differ
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const plain = name.toLowerCase().replaceAll('-', '_');
  const candidate = closest(plain, [...known]);
  return distance(plain, candidate) <= Math.floor(candidate.length / 3) ? candidate : undefined;
}
