import { closest, distance } from 'fastest-levenshtein';

/**
 * The known name that a misspelt one must have meant: at most a third of its letters differ.
 * Letter case and `-` for `_` count as spelled alike.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const plain = name.toLowerCase().replaceAll('-', '_');
  const candidate = closest(plain, [...known]);
  return distance(plain, candidate) <= Math.floor(candidate.length / 3) ? candidate : undefined;
}
