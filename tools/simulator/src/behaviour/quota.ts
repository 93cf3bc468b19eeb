import type { Behaviour, QuotaRule } from './behaviour.ts';

/** How many requests the client sent in its busiest window, and how many were refused. */
export interface QuotaReport {
  /** The maximum number of requests in any window, including refused requests. */
  readonly maxInWindow: number;
  /** The number of requests that were answered with status 429. */
  readonly answered429: number;
}

/** Enforces the token's rate limit with a sliding window over the arrival times of requests. */
export class Quota {
  #arrived: number[] = [];
  #admitted: number[] = [];
  #foreignSince = performance.now();
  #maxInWindow = 0;
  #answered429 = 0;

  get report(): QuotaReport {
    return { maxInWindow: this.#maxInWindow, answered429: this.#answered429 };
  }

  /** @returns the seconds to wait; undefined if the request is within the limit */
  admit({ quota, foreignUse }: Behaviour): number | undefined {
    if (!quota) return undefined;
    const now = performance.now();
    if (foreignUse) this.#admitForeign(quota, foreignUse, now);
    const since = now - quota.seconds * 1000;
    this.#arrived = [...this.#arrived.filter((at) => at > since), now];
    this.#maxInWindow = Math.max(this.#maxInWindow, this.#arrived.length);
    this.#admitted = this.#admitted.filter((at) => at > since);
    if (this.#admitted.length < quota.requests) {
      this.#admitted.push(now);
      return undefined;
    }
    this.#answered429 += 1;
    return ((this.#admitted[0] ?? now) - since) / 1000;
  }

  /** Admits the requests that other integrations have made since the last call, up to the limit. */
  #admitForeign(
    quota: QuotaRule,
    { requests, seconds }: { readonly requests: number; readonly seconds: number },
    now: number,
  ): void {
    const window = quota.seconds * 1000;
    const every = (seconds * 1000) / requests;
    for (; this.#foreignSince + every <= now; this.#foreignSince += every) {
      const at = this.#foreignSince + every;
      const room = this.#admitted.filter((one) => one > at - window).length < quota.requests;
      if (room) this.#admitted.push(at);
    }
    this.#admitted.sort((one, other) => one - other);
  }
}

/** Returns the value of the Retry-After header; undefined if the header is not sent. */
export function retryAfter(
  { retryAfter: form = 'seconds', ...rule }: QuotaRule,
  seconds: number,
): string | undefined {
  if (form === 'none') return undefined;
  if (typeof form === 'number') return String(form);
  if (form === 'seconds') return String(Math.ceil(seconds));
  return new Date(serverTime(rule) + Math.ceil(seconds) * 1000).toUTCString();
}

/** Returns the simulated server's time in milliseconds since 1970. */
export function serverTime({ clockOffsetSeconds = 0 }: Partial<QuotaRule>): number {
  return Date.now() + clockOffsetSeconds * 1000;
}
