import type { Client } from '../api/client.ts';
import { isEndpointError } from '../api/errors.ts';
import { COUNTS_AT_START } from '../paging/page-end.ts';
import { pageKeyOf } from '../paging/page-order.ts';
import type { Keys, Page, ReadRequest, RequestedPage } from '../request/read-request.ts';
import { Handover } from './handover.ts';
import { KeyRange, requestInOrder, type RangePage } from './key-range.ts';
import type { OpenReads } from './open-reads.ts';

/** The most ranges of a read, so that its progress needs at most 2 KiB in the state. */
export const MOST_RANGES = 32;

/** A range that is being read or waits for a reader, and what the consumer has received of it. */
interface Part {
  readonly range: KeyRange;
  /** How many rows of the read come before the range, as far as is known. */
  readonly index: number;
  /** The index after its last row; undefined if it is not known. */
  end: number | undefined;
  /** The key from which a later run can continue. */
  received: number | undefined;
  rowsReceived: number;
  isBegun: boolean;
}

/** Unread rows that one reader could take over from another. */
interface Rest {
  readonly part: Part;
  readonly from: number;
  readonly to: number;
}

/**
 * Reads the pages of a request by key. Workers without a read of their own can join: each takes over
 * the second half of the longest range. The half begins with a page that is requested by its offset
 * from the rows that have been read, which works regardless of how the keys are spread. The offset may
 * be wrong because rows are added or deleted, but nothing depends on it: the first key of that page
 * becomes the boundary, and the lower range is read until a row after the boundary is received.
 */
export class SplitRead {
  readonly #client: Client;
  readonly #request: ReadRequest;
  readonly #reads: OpenReads | undefined;
  readonly #pages = new Handover<{ readonly part: Part; readonly page: RangePage }>();
  readonly #parts = new Set<Part>();
  /** The indexes of pages that have been requested to begin a range. */
  readonly #boundaries = new Set<number>();
  /** True if the read began with a single range, whose count is that of all rows to read. */
  readonly #isWhole: boolean;
  #workers = 0;
  #fullPages = 0;
  #rowsInFullPages = 0;
  /** False if the endpoint cannot be read from the middle. */
  #isDivisible = true;
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
    this.#isWhole = keys.length === 1;
    for (const { after, upTo } of keys) {
      const start = { cursor: { key: after, drained: 0 }, upTo, counts: COUNTS_AT_START };
      const range = new KeyRange(client, request, start);
      const received = { received: after, rowsReceived: 0, isBegun: false };
      this.#parts.add({ range, index: 0, end: undefined, ...received });
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
        rowsRead += page.rowsRead - part.rowsReceived;
        part.rowsReceived = page.rowsRead;
        part.received = page.resume;
        if (page.isLast) this.#parts.delete(part);
        isSure &&= page.isSure;
        const isLast = this.#parts.size === 0;
        const total = this.#isWhole ? part.range.counts.total : undefined;
        yield { rows: page.rows, ...this.#resume(), rowsRead, total, isLast, isSure };
        if (isLast) return;
      }
    } finally {
      this.#isStopped = true;
      this.#reads?.remove(this);
    }
  }

  /**
   * How many pages remain for each worker, if another worker can save time by joining; otherwise 0.
   */
  get pagesPerWorker(): number {
    if (!this.#waiting && !this.#longestRest) return 0;
    const rows = this.#rests.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
    return Math.max(1, rows / this.#pageRows) / Math.max(1, this.#workers);
  }

  /**
   * Reads a range that waits for a worker, or a part of one that is being read. Never rejects: an
   * error is thrown by {@link pages}.
   */
  async join(): Promise<void> {
    this.#workers += 1;
    try {
      const part = this.#waiting ?? (await this.#split());
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
    while (this.#waiting ?? (this.#longestRest && this.#reads?.savesTime(this))) await this.join();
  }

  async #read(part: Part): Promise<void> {
    part.isBegun = true;
    for await (const page of part.range.pages()) {
      if (this.#isStopped) return;
      this.#learn(part, page);
      await this.#pages.put({ part, page });
    }
  }

  /** Learns from a page how many rows a page has and, if it is the first, how many rows follow. */
  #learn(part: Part, { rows, isLast }: RangePage): void {
    const { total, isCountProven } = part.range.counts;
    if (isLast) return;
    this.#fullPages += 1;
    this.#rowsInFullPages += rows.length;
    if (part.end === undefined && part.range.upTo === undefined && isCountProven) part.end = total;
    this.#reads?.changed();
  }

  get #waiting(): Part | undefined {
    if (this.#isStopped) return undefined;
    return [...this.#parts].find(({ isBegun }) => !isBegun);
  }

  /** How many rows a page advances: fewer than it has if a key's rows are left to the next page. */
  get #pageRows(): number {
    const rows = Math.round(this.#rowsInFullPages / Math.max(1, this.#fullPages));
    return Math.max(1, rows);
  }

  /** The rows that no request covers yet, in pieces that each follow a page that is requested. */
  get #rests(): Rest[] {
    return [...this.#parts].flatMap((part) => {
      const { index, end, range } = part;
      if (end === undefined) return [];
      const position = index + range.rows;
      const marks = [...this.#boundaries].filter((mark) => mark > position && mark < end);
      const starts = [position, ...marks.sort((one, other) => one - other)];
      return starts.map((start, at) => ({
        part,
        from: start + this.#pageRows,
        to: starts[at + 1] ?? end,
      }));
    });
  }

  /** The longest rest that is worth dividing: each half begins with a page that is not the last. */
  get #longestRest(): Rest | undefined {
    const ranges = this.#parts.size + this.#boundaries.size;
    if (this.#isStopped || !this.#isDivisible || ranges >= MOST_RANGES) return undefined;
    const [longest] = this.#rests.sort((one, other) => other.to - other.from - (one.to - one.from));
    return longest && longest.to - longest.from > 2 * this.#pageRows ? longest : undefined;
  }

  /** @returns the upper half of the longest rest; undefined if its rows have been read already */
  async #split(): Promise<Part | undefined> {
    const rest = this.#longestRest;
    if (!rest) return undefined;
    const { part, from, to } = rest;
    const { cursor, rows } = part.range;
    const pages = Math.floor((to - from) / this.#pageRows / 2);
    // The last page before the boundary must reach past it.
    const boundary = from + pages * this.#pageRows - this.#keyRows - 2;
    const skip = boundary - part.index - rows + cursor.drained;
    this.#boundaries.add(boundary);
    try {
      const position = { skip, count: false, attempt: 0, isOptional: true };
      const page = await requestInOrder(this.#client, this.#request, cursor, position);
      const upper = this.#isStopped ? undefined : this.#begin(page, boundary);
      if (!upper) part.end = Math.min(part.end ?? boundary, boundary);
      return upper;
    } catch (error) {
      if (!isEndpointError(error)) throw error;
      this.#isDivisible = false;
      return undefined;
    } finally {
      this.#boundaries.delete(boundary);
    }
  }

  /** Rows that the last key of a page has on that page, on average. */
  get #keyRows(): number {
    return this.#request.endpoint.pageKey.unique
      ? 0
      : Math.max(0, this.#request.limits.longestPage - this.#pageRows);
  }

  /** Begins a range with a page, unless its rows have been read already. */
  #begin(page: RequestedPage, index: number): Part | undefined {
    const { endpoint } = this.#request;
    const keys = page.rows.map((row) => pageKeyOf(endpoint, row));
    const [first] = keys;
    // A shared key may begin on the page before, so all its rows belong to the lower range.
    const begun = keys.findIndex((key) => key !== first);
    if (typeof first !== 'number' || begun < 0) return undefined;
    const lower = [...this.#parts].find(({ isBegun, range }) => isBegun && range.isBefore(first));
    if (!lower) return undefined;
    const { upTo, counts } = lower.range;
    const range = new KeyRange(this.#client, this.#request, {
      cursor: { key: first, drained: 0 },
      upTo,
      counts: { ...counts, rows: index + begun },
      page: {
        ...page,
        rows: page.rows.slice(begun),
        skip: page.skip + begun,
        top: page.top - begun,
      },
    });
    const upper = {
      ...{ range, index: index + begun, end: lower.end },
      ...{ received: first, rowsReceived: 0, isBegun: true },
    };
    lower.range.endAt(first);
    lower.end = index + begun;
    this.#parts.add(upper);
    return upper;
  }

  /** Where a later run can continue; nothing if it must start over. */
  #resume(): Pick<Page, 'resume'> {
    const unread = [...this.#parts].flatMap(({ range: { upTo }, received: after }) =>
      after === undefined ? [] : [{ after, upTo }],
    );
    return unread.length === this.#parts.size ? { resume: unread } : {};
  }
}
