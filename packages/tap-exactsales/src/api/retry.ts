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
 * The wait before the next try: what the answer asked for, or the backoff. After a 429 not less
 * than the backoff: a server that says 0 time after time would be asked for ever.
 * @param fault status and the `Retry-After` of the answer, in milliseconds
 * @returns milliseconds
 */
export function waitBefore(
  fault: { readonly status: number | undefined; readonly retryAfter: number | undefined },
  attempt: number,
  random: number,
): number {
  const jitter = backoff(attempt, random);
  const asked = fault.retryAfter ?? jitter;
  return fault.status === 429 ? Math.max(asked, jitter) : asked;
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
