import { setTimeout as sleep } from 'node:timers/promises';

/** A request that has been let through. */
export interface Pass {
  /** To be called when the answer begins: from then on it is sure that the server has counted it. */
  answered(): void;
}

interface Sent {
  readonly at: number;
  /** Milliseconds by which the server may have counted the request later than it left. */
  delay: number;
}

/**
 * How long a request may be on its way before the server counts it, in milliseconds or as a share
 * of the span, whichever is more. It has been counted when its answer begins, so a place in the
 * budget becomes free by that much later; a server that takes longer to answer has counted before.
 */
const LONGEST_WAY = 250;
const LONGEST_WAY_SHARE = 0.02;
/** What is left of the budget after a 429, and how it grows back with every span without one. */
const SHRINK = 0.7;
const GROWTH = 1;

/**
 * The token's budget: at most so many requests in any span of time, as the server counts them,
 * for all streams and all tries together. A sliding window: the n-th request waits until the one
 * n places before it has left the span.
 */
export class Quota {
  readonly #requests: number;
  readonly #span: number;
  readonly #longestWay: number;
  readonly #sent: Sent[] = [];
  /** Requests within the span now: fewer than allowed while others spend the same budget. */
  #limit: number;
  #limitChanged = -Infinity;
  #pausedUntil = 0;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param seconds the span; a fraction is allowed */
  constructor(requests: number, seconds: number) {
    this.#requests = requests;
    this.#limit = requests;
    this.#span = seconds * 1000;
    this.#longestWay = Math.max(LONGEST_WAY, this.#span * LONGEST_WAY_SHARE);
  }

  /** Waits for a place in the budget, first come first served. Rejects when the signal aborts. */
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
   * The server says that the budget is spent, though we kept ours: others spend it too. Nothing
   * leaves for a while, and then less than before.
   * @param milliseconds how long to wait
   */
  exceeded(milliseconds: number): void {
    const now = performance.now();
    this.#pausedUntil = Math.max(this.#pausedUntil, now + milliseconds);
    if (now - this.#limitChanged < this.#span) return;
    this.#limit = Math.max(1, Math.floor(this.#limit * SHRINK));
    this.#limitChanged = now;
  }

  /** Requests that could leave at once. */
  get left(): number {
    const now = performance.now();
    return Math.max(0, this.#limit - this.#sent.filter((sent) => this.#leaves(sent) > now).length);
  }

  async #takePlace(signal: AbortSignal): Promise<Sent> {
    signal.throwIfAborted();
    for (let wait = this.#nextWait(); wait > 0; wait = this.#nextWait()) {
      await sleep(wait, undefined, { signal });
    }
    const sent = { at: performance.now(), delay: this.#longestWay };
    this.#sent.push(sent);
    return sent;
  }

  /** Milliseconds until the next request may leave. */
  #nextWait(): number {
    const now = performance.now();
    this.#recover(now);
    while (this.#sent.length > this.#requests) this.#sent.shift();
    const before = this.#sent.at(-this.#limit);
    const free = before === undefined ? 0 : this.#leaves(before) - now;
    return Math.ceil(Math.max(free, this.#pausedUntil - now));
  }

  #leaves({ at, delay }: Sent): number {
    return at + this.#span + delay;
  }

  #recover(now: number): void {
    while (this.#limit < this.#requests && now - this.#limitChanged >= this.#span) {
      this.#limit += GROWTH;
      this.#limitChanged += this.#span;
    }
  }
}
