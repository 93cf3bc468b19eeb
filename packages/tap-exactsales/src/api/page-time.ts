import type { ApiPage } from './odata.ts';

/** The share of the latest page in the average. */
const WEIGHT = 0.3;

/** How long pages take, regardless of the set. Recent pages weigh more. */
export class PageTime {
  #average: number | undefined;

  /** In milliseconds; undefined before the first page of several rows. */
  get average(): number | undefined {
    return this.#average;
  }

  note({ rows, milliseconds }: ApiPage): void {
    if (rows.length < 2) return;
    this.#average = milliseconds * WEIGHT + (this.#average ?? milliseconds) * (1 - WEIGHT);
  }
}
