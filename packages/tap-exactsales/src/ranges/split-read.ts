import type { Client } from '../api/client.ts';
import { isEndpointError } from '../api/errors.ts';
import { COUNTS_AT_START } from '../paging/page-end.ts';
import type { ApiRow } from '../api/odata.ts';
import { ignoredOption, lastKey, pageKeyOf } from '../paging/page-order.ts';
import type { Keys, Page, ReadRequest, RequestedPage } from '../request/read-request.ts';
import { Handover } from './handover.ts';
import { KeyRange, type RangePage } from './key-range.ts';
import type { OpenReads } from './open-reads.ts';
import { Parts, type Part, type Rest } from './parts.ts';
import { rowsWithoutKey } from './read-end.ts';
import { requestAt } from './request-in-order.ts';

/**
 * Reads the pages of a request by key. Workers without a read of their own can join: each reads a range
 * that waits, or takes over the second half of the longest run of rows that no request covers. The half begins with a page that is requested by its offset
 * from the rows that have been read, which works regardless of how the keys are spread. The offset may
 * be wrong because rows are added or deleted, but nothing depends on it: the first key of that page
 * becomes the boundary, and the lower range is read until a row after the boundary is received.
 */
export class SplitRead {
  readonly #client: Client;
  readonly #request: ReadRequest;
  readonly #reads: OpenReads | undefined;
  readonly #pages = new Handover<{ readonly part: Part; readonly page: RangePage }>();
  readonly #parts: Parts;
  /** True if the read began with a single range, whose count is that of all rows to read. */
  readonly #isWhole: boolean;
  #workers = 0;
  /** False if the endpoint cannot be read from the middle. */
  #isDivisible = true;
  /** True if a range has begun at an offset. */
  #isSplit = false;
  readonly #ended = Promise.withResolvers<undefined>();
  /** True once nothing more may be requested. */
  #isStopped = false;

  /**
   * @param keys the ranges to read, in order (default: all keys)
   * @param reads where idle workers look for a read to join (default: no worker joins)
   */
  constructor(
    client: Client,
    request: ReadRequest,
    keys: readonly Keys[] = [{}],
    reads?: OpenReads,
  ) {
    this.#client = client;
    this.#request = request;
    this.#reads = reads;
    this.#parts = new Parts(request.limits);
    this.#isWhole = keys.length === 1;
    for (const { after, upTo } of keys) {
      const start = { cursor: { key: after, drained: 0 }, upTo, counts: COUNTS_AT_START };
      this.#parts.add(new KeyRange(client, request, start), after);
    }
  }

  /** @throws KeyedReadError if this endpoint cannot be read by key */
  async *pages(): AsyncGenerator<Page> {
    let rowsRead = 0;
    let isSure = true;
    this.#reads?.add(this);
    try {
      void this.#lead();
      for await (const { part, page } of this.#pages.items()) {
        rowsRead += this.#parts.receive(part, page);
        isSure &&= page.isSure;
        const total = this.#isWhole ? part.range.counts.total : undefined;
        const more = this.#parts.isEmpty ? await this.#confirmEnd(rowsRead, total) : [];
        const { isEmpty: isLast, unread: resume } = this.#parts;
        const rows = [...page.rows, ...more];
        yield { rows, ...(resume && { resume }), rowsRead, total, isLast, isSure };
        if (isLast) return;
      }
    } finally {
      this.#isStopped = true;
      this.#ended.resolve(undefined);
      this.#reads?.remove(this);
    }
  }

  /**
   * Confirms that the set has no more rows if a split read has received fewer than it should. The
   * offsets at which its ranges began prove nothing. Returns the rows that no range contains.
   */
  async #confirmEnd(rowsRead: number, total = 0): Promise<readonly ApiRow[]> {
    const { earlier } = this.#request;
    const { lastKey: highest } = this.#parts;
    const expected = Math.max(total, earlier?.rowsExpected ?? 0);
    if (!this.#isSplit || highest === undefined || rowsRead >= expected) return [];
    const last =
      (await lastKey(this.#client, this.#request, 1)) ??
      (await lastKey(this.#client, this.#request, 1, highest));
    if (last === undefined || (typeof last === 'number' && last <= highest)) {
      return rowsRead < total ? rowsWithoutKey(this.#client, this.#request) : [];
    }
    // The rows before this range are counted, so it confirms its end itself.
    this.#isSplit = false;
    const counts = { ...COUNTS_AT_START, rows: rowsRead, total };
    const start = { cursor: { key: highest, drained: 0 }, counts };
    const range = new KeyRange(this.#client, this.#request, start);
    this.#parts.add(range, highest, { index: rowsRead });
    void this.#lead();
    return [];
  }

  /**
   * How many pages remain for each worker, if another worker can save time by joining; otherwise 0.
   */
  get pagesPerWorker(): number {
    if (this.#isStopped || !(this.#parts.waiting ?? this.#longestRest)) return 0;
    return this.#parts.unrequestedPages / Math.max(1, this.#workers);
  }

  /**
   * Reads a range that waits for a worker, or a part of one that is being read. Never rejects: an
   * error is thrown by {@link pages}.
   */
  async join(): Promise<void> {
    this.#workers += 1;
    try {
      const part = this.#parts.waiting ?? (await this.#split());
      if (part) await this.#read(part);
    } catch (error) {
      this.#isStopped = true;
      this.#pages.fail(error);
    } finally {
      this.#workers -= 1;
    }
  }

  /** Keeps one worker at work until no range needs another worker. */
  async #lead(): Promise<void> {
    const isNeeded = (): boolean =>
      this.#parts.waiting !== undefined || this.#reads?.savesTime(this) === true;
    while (!this.#isStopped && isNeeded()) await this.join();
  }

  async #read(part: Part): Promise<void> {
    part.isBegun = true;
    for await (const page of part.range.pages()) {
      if (this.#isStopped) return;
      this.#parts.learn(part, page);
      this.#reads?.changed();
      if (!(await this.#pages.put({ part, page }))) return;
    }
  }

  get #longestRest(): Rest | undefined {
    return this.#isDivisible ? this.#parts.longestRest : undefined;
  }

  /** @returns the upper half of the longest rest; undefined if its rows have been read already */
  async #split(): Promise<Part | undefined> {
    const rest = this.#longestRest;
    if (!rest) return undefined;
    const { part, from, to } = rest;
    const { cursor, rows } = part.range;
    const { pageRows } = this.#parts;
    const pages = Math.floor((to - from) / pageRows / 2);
    // The last page before the boundary must reach past it.
    const boundary = from + pages * pageRows - this.#keyRows - 2;
    const skip = boundary - part.index - rows + cursor.drained;
    const position = { skip, count: false, attempt: 0, isOptional: true };
    try {
      const requested = this.#parts.reserve(boundary, () =>
        requestAt(this.#client, this.#request, cursor, position),
      );
      // The read does not wait for a page that it can do without.
      const page = await Promise.race([requested, this.#ended.promise]);
      if (!page) return undefined;
      if (ignoredOption(page.rows, this.#request.endpoint, cursor.key)) this.#isDivisible = false;
      const isUsable = this.#isDivisible && !this.#isStopped;
      const upper = isUsable ? this.#begin(page, boundary) : undefined;
      if (!upper) part.end = Math.min(part.end ?? boundary, boundary);
      return upper;
    } catch (error) {
      if (!isEndpointError(error)) throw error;
      this.#isDivisible = false;
      return undefined;
    }
  }

  /** Rows that the last key of a page has on that page, on average. */
  get #keyRows(): number {
    return this.#request.endpoint.pageKey.unique
      ? 0
      : Math.max(0, this.#request.limits.longestPage - this.#parts.pageRows);
  }

  /** Begins a range with a page, unless its rows have been read already. */
  #begin(page: RequestedPage, index: number): Part | undefined {
    const { endpoint } = this.#request;
    const keys = page.rows.map((row) => pageKeyOf(endpoint, row));
    const [first] = keys;
    // A shared key may begin on the page before, so all its rows belong to the lower range.
    const begun = keys.findIndex((key) => key !== first);
    // Rows of a single key would be continued with `$skip`, which the server may ignore.
    const isOneKey = !endpoint.pageKey.unique && keys[begun] === keys.at(-1);
    if (typeof first !== 'number' || begun < 0 || isOneKey) return undefined;
    const lower = this.#parts.before(first);
    if (!lower) return undefined;
    const { end, range: before } = lower;
    const rest = { rows: page.rows.slice(begun), skip: page.skip + begun, top: page.top - begun };
    const range = new KeyRange(this.#client, this.#request, {
      cursor: { key: first, drained: 0 },
      upTo: before.upTo,
      counts: { ...before.counts, rows: index + begun },
      isEstimated: true,
      page: { ...page, ...rest },
    });
    before.endAt(first);
    lower.end = index + begun;
    const upper = this.#parts.add(range, first, { index: index + begun, end });
    upper.isBegun = true;
    this.#isSplit = true;
    return upper;
  }
}
