import { log, type JsonValue } from '@exact-spotter/singer';
import type { Client } from '../api/client.ts';
import type { ApiRow } from '../api/odata.ts';
import { isEndDoubtful, type Judgement, type PagingCounts } from '../paging/page-end.ts';
import { lastKey, pageKeyOf, pageOrder } from '../paging/page-order.ts';
import { requestFirst, requestMatching } from '../request/page-request.ts';
import type { ReadRequest, RequestedPage } from '../request/read-request.ts';

/**
 * The endpoint cannot be read by key: it does not support the filter or the order, or its rows have
 * no key.
 */
export class KeyedReadError extends Error {
  override readonly name = 'KeyedReadError';
}

/** Where the next page begins. */
export interface Cursor {
  /** The last key that was read (unique key), or the key to read next (shared by several rows). */
  readonly key: JsonValue | undefined;
  /** Rows of that key that have been read already, because a page was too small for all of them. */
  readonly drained: number;
  readonly lastDrained?: string;
}

/** How often an empty page is requested again although rows must follow. */
const MOST_ATTEMPTS = 3;

/**
 * Confirms the end of a read. A server may send an empty page by mistake, or count only the page, so
 * a surprising end is compared with the last row of the set.
 */
export class ReadEnd {
  readonly #client: Client;
  readonly #request: ReadRequest;
  #attempts = 0;
  #isGivenUp = false;
  #isDoubtful = false;
  /** The last key whose rows were requested a second time, because it may have more of them. */
  #repeated: number | undefined;

  constructor(client: Client, request: ReadRequest) {
    this.#client = client;
    this.#request = request;
  }

  /** How often the current page has been requested again. */
  get attempts(): number {
    return this.#attempts;
  }

  /** True if rows follow that the server does not send. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** @returns false if rows follow, even if the page's count says otherwise */
  async isReached(
    page: RequestedPage,
    cursor: Cursor,
    { isLast, counts, needsProof = false, isCountWrong = false }: Judgement,
  ): Promise<boolean> {
    const { unique } = this.#request.endpoint.pageKey;
    const fresh = page.rows.length - (cursor.drained > 0 ? 1 : 0);
    if (fresh > 0) this.#attempts = 0;
    // If several rows may share a key, the next page begins with the rows of this page's last key.
    if (!isLast || (needsProof && !unique)) return false;
    const judged = { isFirst: cursor.key === undefined, fresh };
    this.#isDoubtful =
      isCountWrong || isEndDoubtful(counts.rows + fresh, counts, judged, this.#request);
    if (!needsProof && !this.#isDoubtful) return true;
    if (!(await this.#hasRowsAfter(page, cursor))) return true;
    if (needsProof) this.#request.limits.disable('count', 'ignored');
    if (fresh === 0) this.#attempts += 1;
    this.#isGivenUp = this.#attempts > MOST_ATTEMPTS;
    if (this.#isGivenUp) {
      const { path, stream } = this.#request.endpoint;
      log.warning(
        `${path}: the API sends an empty page although rows follow: some rows are missing until the next run.`,
        { stream },
      );
    }
    return this.#isGivenUp;
  }

  /**
   * Returns the rows whose page key is null if fewer rows were read than the server counted. A filter
   * on the key excludes them, so they come last if at all.
   */
  async rowsWithoutKey({ rows, total = 0 }: PagingCounts): Promise<readonly ApiRow[]> {
    if (!this.#isDoubtful || rows >= total) return [];
    return rowsWithoutKey(this.#client, this.#request);
  }

  async #hasRowsAfter({ rows }: RequestedPage, cursor: Cursor): Promise<boolean> {
    const { endpoint, limits, earlier } = this.#request;
    const row = rows.at(-1);
    const key = row === undefined ? cursor.key : pageKeyOf(endpoint, row);
    const last =
      (await lastKey(this.#client, this.#request, this.#attempts)) ??
      // The last row has no key. The last row with a key is needed.
      (await lastKey(this.#client, this.#request, this.#attempts, key));
    if (last === undefined) return false;
    if (last === 'none') {
      return (key !== undefined || earlier?.hadRows === true) && this.#attempts === 0;
    }
    if (last === 'rejected') return this.#fallBack('rejected');
    if (typeof key !== 'number') return true;
    if (last < key) return (await this.#isDescending(last)) ? false : this.#fallBack('ignored');
    if (last > key || endpoint.pageKey.unique) return last > key;
    // Several rows may have this key. If none of them was sent, they follow.
    const isRepeated = this.#repeated === key && row !== undefined;
    this.#repeated = key;
    return !isRepeated && limits.supports('key filter');
  }

  /** True if the last key is not the first one, so the server respects the descending order. */
  async #isDescending(last: number): Promise<boolean> {
    const { endpoint } = this.#request;
    const row = await requestFirst(
      this.#client,
      this.#request,
      pageOrder(endpoint),
      this.#attempts,
    );
    const first = row && pageKeyOf(endpoint, row);
    return typeof first === 'number' && first < last;
  }

  #fallBack(how: 'rejected' | 'ignored'): never {
    this.#request.limits.disable('orderby', how);
    throw new KeyedReadError('orderby');
  }
}

/** Requests the rows whose page key is null. */
export async function rowsWithoutKey(
  client: Client,
  request: ReadRequest,
): Promise<readonly ApiRow[]> {
  const { endpoint, limits } = request;
  if (!limits.supports('count')) return [];
  const clause = `${endpoint.pageKey.member} eq null`;
  const found = (await requestMatching(client, request, clause, 0)) ?? [];
  return found.filter((row) => (pageKeyOf(endpoint, row) ?? null) === null);
}
