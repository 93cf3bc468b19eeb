import type { ApiRow } from '../api/odata.ts';
import type { Client } from '../api/client.ts';
import { judgePage, wantsCount, type PagingCounts } from '../paging/page-end.ts';
import { pageKeyOf } from '../paging/page-order.ts';
import type { ReadRequest, RequestedPage } from '../request/read-request.ts';
import { KeyedReadError, ReadEnd, type Cursor } from './read-end.ts';
import { requestInOrder } from './request-in-order.ts';

/** How often a key may be read from its first row again because its rows changed. */
const MOST_RESTARTS = 5;

/** Rows of a range, in order. */
export interface RangePage {
  readonly rows: readonly ApiRow[];
  /** Rows of the range so far, without repetitions. */
  readonly rowsRead: number;
  /** The key from which a later run can continue; undefined if it must start over. */
  readonly resume: number | undefined;
  readonly isLast: boolean;
  /** False if rows follow that the server does not send. */
  readonly isSure: boolean;
}

/** Where a range begins. */
interface RangeStart {
  readonly cursor: Cursor;
  /** The last key of the range; undefined if the range reaches to the end of the set. */
  readonly upTo?: number | undefined;
  /** The counts so far. The rows before the range count as read. */
  readonly counts: PagingCounts;
  /** True if the number of rows before the range is an estimate, which proves nothing. */
  readonly isEstimated?: boolean;
  /** The first page, if it has been requested already. */
  readonly page?: RequestedPage | undefined;
}

/**
 * A range of page keys that is read page by page. If the key is unique, each page requests the keys
 * after the last one (`gt`). If several rows may share a key, the rows of a page's last key are left
 * to the next page (`ge`), so that no page ends inside a key. If a key has more rows than a page, its
 * rows are read with `$skip`, and pages overlap by one row to notice changes.
 *
 * A range that ends before the set does is complete when a row after the range has been received, so
 * its end needs no count. Its end may be moved down while it is read.
 */
export class KeyRange {
  readonly #client: Client;
  readonly #request: ReadRequest;
  readonly #end: ReadEnd;
  #page: RequestedPage | undefined;
  #cursor: Cursor;
  #counts: PagingCounts;
  readonly #isEstimated: boolean;
  #upTo: number | undefined;
  #rows = 0;

  constructor(client: Client, request: ReadRequest, start: RangeStart) {
    const { cursor, upTo, counts, page, isEstimated = false } = start;
    this.#client = client;
    this.#request = request;
    this.#end = new ReadEnd(client, request);
    this.#cursor = cursor;
    this.#upTo = upTo;
    this.#counts = counts;
    this.#page = page;
    this.#isEstimated = isEstimated;
  }

  get cursor(): Cursor {
    return this.#cursor;
  }

  get upTo(): number | undefined {
    return this.#upTo;
  }

  get counts(): PagingCounts {
    return this.#counts;
  }

  /** Rows of the range so far. */
  get rows(): number {
    return this.#rows;
  }

  /** True if no key after this one has been read, and the range has more keys. */
  isBefore(key: number): boolean {
    const { key: position } = this.#cursor;
    const isReached = typeof position === 'number' && position > key;
    return !isReached && (this.#upTo === undefined || key < this.#upTo);
  }

  /** Ends the range at a key; another range reads the rows after it. */
  endAt(key: number): void {
    this.#upTo = key;
  }

  /** @throws KeyedReadError if this endpoint cannot be read by key */
  async *pages(): AsyncGenerator<RangePage> {
    for (let restarts = 0; ;) {
      const attempt = restarts + this.#end.attempts + Number(this.#counts.isContradicted);
      const cursor = this.#cursor;
      const page = this.#page ?? (await this.#requestInOrder(attempt));
      this.#page = undefined;
      if (!continues(page, cursor)) {
        restarts += 1;
        if (restarts > MOST_RESTARTS) throw new KeyedReadError('the rows of a key keep changing');
        this.#count(-cursor.drained);
        this.#cursor = { key: cursor.key, drained: 0 };
        continue;
      }
      const isEnd = this.#inside(page) !== page || (await this.#isEnd(page, cursor));
      // The end of the range may have been moved down while the end of the set was confirmed.
      const inside = this.#inside(page);
      const isLast = isEnd || inside !== page;
      const { rows, next } = cut(inside, cursor, this.#request, isLast);
      this.#count(rows.length);
      this.#cursor = next;
      const isCounted = isLast && this.#upTo === undefined && !this.#isEstimated;
      yield {
        rows: isCounted ? [...rows, ...(await this.#end.rowsWithoutKey(this.#counts))] : rows,
        rowsRead: this.#rows,
        resume: typeof next.key === 'number' ? next.key : undefined,
        isLast,
        isSure: !this.#end.isGivenUp,
      };
      if (isLast) return;
    }
  }

  /** Returns the part of a page that belongs to the range; the page itself if that is all of it. */
  #inside(page: RequestedPage): RequestedPage {
    const upTo = this.#upTo;
    if (upTo === undefined) return page;
    const end = page.rows.findIndex((row) => {
      const key = pageKeyOf(this.#request.endpoint, row);
      return typeof key === 'number' && key > upTo;
    });
    return end < 0 ? page : { ...page, rows: page.rows.slice(0, end) };
  }

  /** True if the page ends the set. */
  async #isEnd(page: RequestedPage, cursor: Cursor): Promise<boolean> {
    const { limits } = this.#request;
    const fresh = page.rows.length - (cursor.drained > 0 ? 1 : 0);
    const judged = judgePage(page, fresh, this.#counts, this.#request);
    if (judged.isCountWrong === true) limits.disable('count', 'ignored');
    this.#counts = judged.counts;
    limits.isCountProven = judged.counts.isCountProven && limits.supports('count');
    return this.#end.isReached(page, cursor, judged);
  }

  #count(rows: number): void {
    this.#rows += rows;
    this.#counts = { ...this.#counts, rows: this.#counts.rows + rows };
  }

  #requestInOrder(attempt: number): Promise<RequestedPage> {
    const cursor = this.#cursor;
    const position = { skip: Math.max(0, cursor.drained - 1), attempt };
    const count = wantsCount(this.#counts, this.#request.limits);
    return requestInOrder(this.#client, this.#request, cursor, { ...position, count });
  }
}

/** True if the page continues a key's rows where the previous page stopped. */
function continues({ rows }: RequestedPage, { drained, lastDrained }: Cursor): boolean {
  if (drained === 0) return true;
  return rows[0] !== undefined && JSON.stringify(rows[0]) === lastDrained;
}

/** Returns the rows to yield now, and where the next page begins. */
function cut(
  { rows: all }: RequestedPage,
  cursor: Cursor,
  { endpoint }: ReadRequest,
  isLast: boolean,
): { readonly rows: readonly ApiRow[]; readonly next: Cursor } {
  const rows = cursor.drained > 0 ? all.slice(1) : all;
  const last = all.at(-1);
  if (last === undefined) return { rows, next: cursor };
  const key = pageKeyOf(endpoint, last);
  if (endpoint.pageKey.unique || isLast) return { rows, next: { key, drained: 0 } };
  const begun = rows.findIndex((row) => pageKeyOf(endpoint, row) === key);
  const isOneKey = begun === 0 || (cursor.drained > 0 && key === cursor.key);
  if (!isOneKey) return { rows: rows.slice(0, begun), next: { key, drained: 0 } };
  const drained = (key === cursor.key ? cursor.drained : 0) + rows.length;
  return { rows, next: { key, drained, lastDrained: JSON.stringify(last) } };
}
