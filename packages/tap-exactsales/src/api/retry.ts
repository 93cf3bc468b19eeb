// Decides which requests to retry, how often, and how long to wait.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
/** A request fails once it has waited this many milliseconds in total, even if retries are left. */
const LONGEST_TOTAL_WAIT = 15 * 60_000;

/** Counts the failed attempts of one request and decides when to give up. */
export class Retries {
  readonly #maxRetries: number;
  #failed = 0;
  #overLimit = 0;
  #waited = 0;

  /** @param maxRetries maximum number of times that a failed request is sent again */
  constructor(maxRetries: number) {
    this.#maxRetries = maxRetries;
  }

  /**
   * Counts a failed attempt. A 429 does not use up a retry, because the API itself works.
   * @param random in [0, 1)
   * @returns milliseconds to wait before the next attempt, and whether the failed attempt was the
   * last
   */
  waitAfter(
    error: FailedAttempt,
    random: number,
  ): { readonly wait: number; readonly isLast: boolean } {
    const attempt = error.status === 429 ? (this.#overLimit += 1) : (this.#failed += 1);
    const wait = waitBefore(error, attempt, random);
    this.#waited += wait;
    const isLast = this.#failed > this.#maxRetries || this.#waited > LONGEST_TOTAL_WAIT;
    return { wait, isLast };
  }
}

interface FailedAttempt {
  readonly status: number | undefined;
  /** The wait that the response asked for, in milliseconds. */
  readonly retryAfter: number | undefined;
}

/** True if a request with this status may succeed when it is sent again. */
export function isRetriableStatus(status: number): boolean {
  return [408, 425, 429, 500, 502, 503, 504].includes(status);
}

/**
 * Returns an exponential backoff with full jitter: a random wait below a bound that doubles with
 * each attempt. The jitter prevents programs that failed together from retrying together.
 * @param attempt how many attempts have failed, from 1
 * @param random in [0, 1)
 * @returns milliseconds
 */
export function backoff(attempt: number, random: number): number {
  return random * Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1));
}

/**
 * Returns the wait before the next attempt: the wait that the response asked for, or else the
 * backoff. After a 429, the wait is at least the backoff, because a server may keep sending
 * `Retry-After: 0`.
 * @returns milliseconds
 */
export function waitBefore(error: FailedAttempt, attempt: number, random: number): number {
  const jitter = backoff(attempt, random);
  const asked = error.retryAfter ?? jitter;
  return error.status === 429 ? Math.max(asked, jitter) : asked;
}

/**
 * Reads a `Retry-After` header: a number of seconds, or an HTTP date, which is compared with the
 * server's own clock.
 * @param serverDate the response's `Date` header
 * @param now the current time in milliseconds since 1970, used if the server sends no date
 * @returns milliseconds; undefined if the header is missing or invalid
 */
export function parseRetryAfter(
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
