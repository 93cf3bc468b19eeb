import type { TableName } from '@exact-spotter/schema';
import { earlier, later, type Instant } from '@exact-spotter/singer';
import type { Client } from '../api/client.ts';
import type { ApiRow } from '../api/odata.ts';
import { replicationKey } from '../catalog.ts';
import type { Timezone } from '../rows/timezone.ts';
import { dateReader } from './date-range.ts';
import type { ReadPlan } from './plan.ts';
import { hashOf } from './read-with.ts';
import { isAhead } from './resume.ts';
import type { Bookmark, ProgressMarkers } from './state.ts';

/** Tracks the progress of a read. */
export class ReadTracker {
  readonly plan: ReadPlan;
  readonly #dateOf: (row: ApiRow) => Instant | undefined;
  #startedAt: Instant;
  #newest: Instant | undefined;
  #rowsRead = 0;
  #isSure = true;

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
    // The server's clock is known once a response has been received. Rows that change after the
    // start are left to the next run.
    if (!this.plan.resumed) this.#startedAt = client.atServer(this.plan.startedAt);
    this.#rowsRead = page.rowsRead;
    this.#isSure &&= page.isSure;
    for (const row of rows) {
      const date = this.#dateOf(row);
      if (date === undefined) continue;
      this.#newest = this.#newest === undefined ? date : later(this.#newest, date);
    }
  }
}

/** Returns the bookmark of a stream whose read has succeeded. */
export function endedBookmark(
  stream: TableName,
  before: Bookmark,
  { plan: { method, isComplete, version, endpoint, readWith }, startedAt, newest }: ReadTracker,
): Bookmark {
  const key = replicationKey(endpoint.stream);
  const isOwnKey = replicationKey(stream) !== undefined;
  const readNow = readWith.get(stream);
  const value = method === 'window' ? startedAt : latest(before, startedAt, newest);
  return {
    ...before,
    ...(isOwnKey && key !== undefined && { replication_key: key }),
    ...(method !== 'full' && value !== undefined && { replication_key_value: value }),
    ...(version !== undefined && { version }),
    ...(readNow && { read_with: readNow }),
    read_at: startedAt,
    full_read_at: isComplete ? startedAt : (before.full_read_at ?? startedAt),
    progress_markers: null,
  };
}

/**
 * Returns the latest date seen, but no later than the start of the read, because rows may be dated
 * in the future.
 */
function latest(
  { replication_key_value: before }: Bookmark,
  startedAt: Instant,
  newest: Instant | undefined,
): Instant | undefined {
  const seen = newest && earlier(newest, startedAt);
  const known = before !== undefined && isAhead(before, startedAt) ? startedAt : before;
  return known !== undefined && seen !== undefined ? later(known, seen) : (seen ?? known);
}

/**
 * Returns where a later run can continue if this run is interrupted.
 * @param resume the page key to continue after
 * @returns null if the later run must start over
 */
export function progressMarkers(
  resume: number | undefined,
  { plan, startedAt, newest }: ReadTracker,
): ProgressMarkers | null {
  const { endpoint, method, isComplete, range, version } = plan;
  if (resume === undefined || method !== 'incremental') return null;
  return {
    path: endpoint.path,
    after: resume,
    started_at: startedAt,
    complete: isComplete,
    ...range,
    ...(version !== undefined && { version }),
    ...(newest !== undefined && { newest }),
    read_with_hash: hashOf(plan.readWith),
  };
}
