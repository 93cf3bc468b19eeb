import { setTimeout as sleep } from 'node:timers/promises';

/** Permission to send one request. */
export interface Pass {
  /** Reports that the response has begun, which proves that the server has counted the request. */
  answered(): void;
}

interface Sent {
  readonly at: number;
  /** Maximum number of milliseconds until the server counts the request. */
  delay: number;
}

/**
 * Maximum delay between sending a request and the server counting it: in milliseconds or as a share
 * of the time span, whichever is longer. The request occupies its place in the time span for that
 * much longer. If the response begins earlier, the place becomes free earlier, because the server
 * has counted the request by then.
 */
const LONGEST_WAY = 250;
const LONGEST_WAY_SHARE = 0.02;
/**
 * The share of the limit that remains after a 429, and how much the limit grows with every time
 * span without a 429.
 */
const SHRINK = 0.7;
const GROWTH = 1;

/**
 * The token's rate limit: up to N requests in any time span, as the server counts them. All streams
 * and all retries share it. It is a sliding window: each request waits until the request N places
 * before it has left the time span.
 */
export class Quota {
  readonly #requests: number;
  readonly #span: number;
  readonly #longestWay: number;
  readonly #sent: Sent[] = [];
  /**
   * Requests currently allowed in the time span: fewer than `#requests` while other integrations
   * use the same limit.
   */
  #limit: number;
  #limitChanged = -Infinity;
  #pausedUntil = 0;
  #waited = 0;
  /** When the request that waits now began to wait. */
  #waitingSince: number | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param seconds the time span; fractions are allowed */
  constructor(requests: number, seconds: number) {
    this.#requests = requests;
    this.#limit = requests;
    this.#span = seconds * 1000;
    this.#longestWay = Math.max(LONGEST_WAY, this.#span * LONGEST_WAY_SHARE);
  }

  /**
   * Waits until a request may be sent. Serves callers in the order of their calls. Rejects if the
   * signal aborts.
   */
  async pass(signal: AbortSignal): Promise<Pass> {
    const turn = this.#turn.then(() => this.#takePlace(signal));
    this.#turn = turn.catch(() => undefined);
    const sent = await turn;
    return {
      answered: () => {
        sent.delay = Math.min(sent.delay, performance.now() - sent.at);
      },
    };
  }

  /**
   * Pauses and lowers the limit after a 429. We respect the limit, so other integrations must be
   * using it as well.
   * @param milliseconds how long to pause
   */
  exceeded(milliseconds: number): void {
    const now = performance.now();
    this.#pausedUntil = Math.max(this.#pausedUntil, now + milliseconds);
    if (now - this.#limitChanged < this.#span) return;
    this.#limit = Math.max(1, Math.floor(this.#limit * SHRINK));
    this.#limitChanged = now;
  }

  /** For how many milliseconds requests had to wait. Requests that wait together count once. */
  get waited(): number {
    const since = this.#waitingSince;
    return this.#waited + (since === undefined ? 0 : performance.now() - since);
  }

  /** For how many more milliseconds no request is sent after a 429. */
  get pause(): number {
    return Math.max(0, this.#pausedUntil - performance.now());
  }

  /** How many requests may be sent at the moment. */
  get left(): number {
    const now = performance.now();
    const inSpan = this.#sent.filter((sent) => this.#expires(sent) > now);
    return Math.max(0, this.#limit - inSpan.length);
  }

  async #takePlace(signal: AbortSignal): Promise<Sent> {
    signal.throwIfAborted();
    this.#waitingSince = performance.now();
    try {
      for (let wait = this.#nextWait(); wait > 0; wait = this.#nextWait()) {
        await sleep(wait, undefined, { signal });
      }
    } finally {
      this.#waited = this.waited;
      this.#waitingSince = undefined;
    }
    const sent = { at: performance.now(), delay: this.#longestWay };
    this.#sent.push(sent);
    return sent;
  }

  /** Milliseconds until the next request may be sent. */
  #nextWait(): number {
    const now = performance.now();
    this.#recover(now);
    while (this.#sent.length > this.#requests) this.#sent.shift();
    const before = this.#sent.at(-this.#limit);
    const free = before === undefined ? 0 : this.#expires(before) - now;
    return Math.ceil(Math.max(free, this.#pausedUntil - now));
  }

  /** When a request leaves the time span. */
  #expires({ at, delay }: Sent): number {
    return at + this.#span + delay;
  }

  #recover(now: number): void {
    while (this.#limit < this.#requests && now - this.#limitChanged >= this.#span) {
      this.#limit += GROWTH;
      this.#limitChanged += this.#span;
    }
  }
}
