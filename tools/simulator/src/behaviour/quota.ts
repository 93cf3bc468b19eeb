import type { Behaviour, QuotaRule } from './behaviour.ts';

export interface QuotaReport {
  /** The most requests, refused ones too, that the client made in any window. */
  readonly maxInWindow: number;
  readonly answered429: number;
}

/** The token's budget in a sliding window, as the server counts it: when requests arrive. */
export class Quota {
  #arrived: number[] = [];
  #admitted: number[] = [];
  #foreignSince = performance.now();
  #maxInWindow = 0;
  #answered429 = 0;

  get report(): QuotaReport {
    return { maxInWindow: this.#maxInWindow, answered429: this.#answered429 };
  }

  /** @returns undefined where the request is within the budget, else the seconds until one is */
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

  /** Others take their share at their own pace, as long as there is room. */
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

/** The header `Retry-After`, or none. */
export function retryAfter(
  { retryAfter: form = 'seconds', ...rule }: QuotaRule,
  seconds: number,
): string | undefined {
  if (form === 'none') return undefined;
  if (typeof form === 'number') return String(form);
  if (form === 'seconds') return String(Math.ceil(seconds));
  return new Date(serverTime(rule) + Math.ceil(seconds) * 1000).toUTCString();
}

/** The server's clock, in milliseconds since 1970. */
export function serverTime({ clockOffsetSeconds = 0 }: Partial<QuotaRule>): number {
  return Date.now() + clockOffsetSeconds * 1000;
}
