import type { ApiPage } from './odata.ts';

/** The share of the latest page in the average time of a page. */
const WEIGHT = 0.3;

/** What the pages that the API has sent so far were like, regardless of the set. */
export class SeenPages {
  readonly #requested = new Set<Promise<ApiPage>>();
  #time: number | undefined;
  /** Rows in the longest page whose count exceeded the page. */
  #longestCounted = 0;

  /** How long a page takes, in milliseconds; undefined before the first page of several rows. */
  get time(): number | undefined {
    return this.#time;
  }

  /** Waits for a page and learns from it. @param skip how many rows the request skipped */
  async follow(requested: Promise<ApiPage>, skip: number): Promise<ApiPage> {
    this.#requested.add(requested);
    try {
      const page = await requested;
      this.#note(page, skip);
      return page;
    } finally {
      this.#requested.delete(requested);
    }
  }

  /**
   * Resolves to true if the API has sent a page with more rows than this, whose count covered more
   * than the page. Waits for the pages that have been requested.
   */
  async countsBeyond(rows: number): Promise<boolean> {
    if (this.#longestCounted <= rows) await Promise.allSettled(this.#requested);
    return this.#longestCounted > rows;
  }

  #note({ rows, count = 0, milliseconds }: ApiPage, skip: number): void {
    if (count > skip + rows.length) {
      this.#longestCounted = Math.max(this.#longestCounted, rows.length);
    }
    if (rows.length < 2) return;
    this.#time = milliseconds * WEIGHT + (this.#time ?? milliseconds) * (1 - WEIGHT);
  }
}
