/** How far a read is, in numbers. */
export interface Figures {
  readonly rows: number;
  /** Rows of the whole read; undefined where the server does not tell. */
  readonly total: number | undefined;
  /** Whole per cent, 0 to 100. */
  readonly percent: number | undefined;
  /** Rows a second of late; undefined in the first second. */
  readonly rate: number | undefined;
  /** Seconds, at that rate. */
  readonly toGo: number | undefined;
}

/** Milliseconds that the rate is taken over: more than a span of the quota, which lets pages through in bursts. */
const RATE_SPAN = 60_000;
const SHORTEST_SPAN = 1000;

/** The rows of one read as they come. All times are milliseconds of one clock. */
export class Gauge {
  #rows = 0;
  #total: number | undefined;
  /** How many rows there were when; the first is the latest that lies a span behind. */
  readonly #samples: { readonly at: number; readonly rows: number }[];

  constructor(now: number) {
    this.#samples = [{ at: now, rows: 0 }];
  }

  get rows(): number {
    return this.#rows;
  }

  /**
   * @param rows of the read so far; fewer than before where it begins anew
   * @param total rows of the whole read, as far as the server tells
   */
  reach(rows: number, total: number | undefined, now: number): void {
    this.#rows = rows;
    this.#total = total;
    this.#samples.push({ at: now, rows });
  }

  figures(now: number): Figures {
    const [rows, total, rate] = [this.#rows, this.#total, this.#rate(now)];
    return {
      rows,
      total,
      percent: total && Math.min(100, Math.floor((rows / total) * 100)),
      rate,
      toGo: total !== undefined && rate ? Math.max(0, total - rows) / rate : undefined,
    };
  }

  #rate(now: number): number | undefined {
    while ((this.#samples[1]?.at ?? now) < now - RATE_SPAN) this.#samples.shift();
    const since = this.#samples[0];
    if (!since || now - since.at < SHORTEST_SPAN) return undefined;
    return (Math.max(0, this.#rows - since.rows) / (now - since.at)) * 1000;
  }
}
