import { later, type Instant } from '@exact-spotter/singer';
import type { Client } from '../api/client.ts';
import type { ApiRow } from '../api/odata.ts';
import type { Timezone } from '../rows/timezone.ts';
import { dateReader } from './date-range.ts';
import type { ReadPlan } from './plan.ts';

/** Tracks the progress of a read. */
export class ReadTracker {
  readonly plan: ReadPlan;
  readonly #dateOf: (row: ApiRow) => Instant | undefined;
  #startedAt: Instant;
  #newest: Instant | undefined;
  #rowsRead = 0;
  #isSure = true;
  #isBegun = false;

  constructor(plan: ReadPlan, timezone: Timezone) {
    this.plan = plan;
    this.#dateOf = dateReader(plan.endpoint, timezone);
    this.#startedAt = plan.startedAt;
    this.#newest = plan.resumed?.newest;
  }

  /** When the read began, by our clock or the server's, whichever is earlier. */
  get startedAt(): Instant {
    return this.#startedAt;
  }

  /** The latest date among the rows. */
  get newest(): Instant | undefined {
    return this.#newest;
  }

  /** Rows that the API sent, each counted once. */
  get rowsRead(): number {
    return this.#rowsRead;
  }

  /** False if rows may be missing. */
  get isSure(): boolean {
    return this.#isSure;
  }

  /** @param rows the page's rows that are in the plan's range */
  note(
    page: { readonly rowsRead: number; readonly isSure: boolean },
    rows: readonly ApiRow[],
    client: Client,
  ): void {
    // The server's clock is known once a response has been received. It is read once, so that the start
    // is the same in all states of the read. Rows that change after it are left to the next run.
    if (!this.plan.resumed && !this.#isBegun) {
      this.#startedAt = client.atServer(this.plan.startedAt);
    }
    this.#isBegun = true;
    this.#rowsRead = page.rowsRead;
    this.#isSure &&= page.isSure;
    for (const row of rows) {
      const date = this.#dateOf(row);
      if (date === undefined) continue;
      this.#newest = this.#newest === undefined ? date : later(this.#newest, date);
    }
  }
}
