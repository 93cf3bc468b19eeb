/** When and how long to wait before a request is tried again: pure functions of their arguments. */

const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;

/** Statuses after which the same request may succeed. */
export function isRetriableStatus(status: number): boolean {
  return [408, 425, 429, 500, 502, 503, 504].includes(status);
}

/**
 * Exponential backoff with full jitter: any time between nothing and a bound that doubles, so that
 * programs that failed together do not return together.
 * @param attempt how many tries have failed, from 1
 * @param random in [0, 1)
 * @returns milliseconds
 */
export function backoff(attempt: number, random: number): number {
  return random * Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1));
}

/**
 * The wait that a `Retry-After` header asks for: seconds, or an HTTP date, which is taken against
 * the server's own clock.
 * @param serverDate the answer's `Date` header
 * @param now milliseconds since 1970, for a server that sends no date
 * @returns milliseconds; undefined where the header is missing or says nothing
 */
export function retryAfter(
  header: string | undefined,
  serverDate: string | undefined,
  now: number,
): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d+(?:\.\d+)?\s*$/.test(header)) return Number(header) * 1000;
  const until = Date.parse(header);
  if (Number.isNaN(until)) return undefined;
  const sent = Date.parse(serverDate ?? '');
  return Math.max(0, until - (Number.isNaN(sent) ? now : sent));
}
