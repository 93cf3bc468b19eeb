import type { UnreadKeys } from '../request/read-request.ts';
import type { ServerLimits } from '../request/server-limits.ts';
import type { KeyRange, RangePage } from './key-range.ts';

/** The most ranges of a read, so that its progress needs at most 2 KiB in the state. */
const MOST_RANGES = 32;

/** A range that is being read or waits for a worker, and what has been received of it. */
export interface Part {
  readonly range: KeyRange;
  /** How many rows of the read precede the range, as far as is known. */
  readonly index: number;
  /** The index after its last row; undefined if it is not known. */
  end: number | undefined;
  /** The key from which a later run can continue. */
  received: number | undefined;
  rowsReceived: number;
  isBegun: boolean;
}

/** Rows of a part, by their index, that no request covers yet. */
export interface Rest {
  readonly part: Part;
  readonly from: number;
  readonly to: number;
}

/** The parts of a read that have not been received completely, and what is known about their size. */
export class Parts {
  readonly #limits: Pick<ServerLimits, 'longestPage'>;
  readonly #parts = new Set<Part>();
  /** Parts for which the server does not send all rows. */
  readonly #incomplete = new Set<Part>();
  /** The highest key that has been received. */
  #lastKey = -Infinity;
  /** The indexes of pages that have been requested to begin a part. */
  readonly #begins = new Set<number>();
  #fullPages = 0;
  #rowsInFullPages = 0;

  constructor(limits: Pick<ServerLimits, 'longestPage'>) {
    this.#limits = limits;
  }

  /** @param received the key after which the range begins, if it is known */
  add(
    range: KeyRange,
    received: number | undefined,
    { index = 0, end }: { readonly index?: number; readonly end?: number | undefined } = {},
  ): Part {
    const part = { range, index, end, received, rowsReceived: 0, isBegun: false };
    this.#parts.add(part);
    return part;
  }

  /** Notes that a page has been received. @returns how many rows the read has more than before */
  receive(part: Part, page: RangePage): number {
    const more = page.rowsRead - part.rowsReceived;
    part.rowsReceived = page.rowsRead;
    part.received = page.resume;
    if (page.isLast) this.#parts.delete(part);
    this.#lastKey = Math.max(this.#lastKey, page.resume ?? -Infinity);
    if (!page.isSure) this.#incomplete.add(part);
    return more;
  }

  /** Learns from a page how many rows a page has and, from a first page, how many rows follow. */
  learn(part: Part, { rows, isLast }: RangePage): void {
    if (isLast) return;
    this.#fullPages += 1;
    this.#rowsInFullPages += rows.length;
    const { total, isCountProven } = part.range.counts;
    if (part.end === undefined && part.range.upTo === undefined && isCountProven) part.end = total;
  }

  /** The highest key that has been received; undefined if no row has been received. */
  get lastKey(): number | undefined {
    return Number.isFinite(this.#lastKey) ? this.#lastKey : undefined;
  }

  get isEmpty(): boolean {
    return this.#parts.size === 0;
  }

  /** A part that waits for a worker. */
  get waiting(): Part | undefined {
    return [...this.#parts].find(({ isBegun }) => !isBegun);
  }

  /** Returns the part that is being read, has not reached a key, and has rows after it. */
  before(key: number): Part | undefined {
    return [...this.#parts].find(({ isBegun, range }) => isBegun && range.isBefore(key));
  }

  /**
   * How many rows a page advances: fewer than it has if a key's rows are left to the next page, but
   * then the next page has these rows, so two pages advance by the rows of one at least.
   */
  get pageRows(): number {
    const average = Math.round(this.#rowsInFullPages / Math.max(1, this.#fullPages));
    return Math.max(1, average, Math.ceil(this.#limits.longestPage / 2));
  }

  /** How many pages no request covers yet. */
  get unrequestedPages(): number {
    const rows = this.#rests.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
    return Math.max(1, rows / this.pageRows);
  }

  /** The longest rest that is worth dividing, so that each half has a page that is not its last. */
  get longestRest(): Rest | undefined {
    if (this.#parts.size + this.#begins.size >= MOST_RANGES) return undefined;
    const [longest] = this.#rests.sort((one, other) => other.to - other.from - (one.to - one.from));
    return longest && longest.to - longest.from > 2 * this.pageRows ? longest : undefined;
  }

  /** Excludes the rows from an index on from the rests while a page that begins there is requested. */
  async reserve<T>(index: number, request: () => Promise<T>): Promise<T> {
    this.#begins.add(index);
    try {
      return await request();
    } finally {
      this.#begins.delete(index);
    }
  }

  /** What a later run has to read; undefined if it must start over. */
  get unread(): readonly UnreadKeys[] | undefined {
    const parts = [...this.#parts.union(this.#incomplete)];
    const { lastKey } = this;
    if (parts.length === 0) return lastKey === undefined ? undefined : [{ after: lastKey }];
    const unread = parts.flatMap(({ range: { upTo }, received: after }) =>
      after === undefined ? [] : [{ after, upTo }],
    );
    return unread.length === parts.length ? unread : undefined;
  }

  /** The rests, each of which follows a page that has been requested. */
  get #rests(): Rest[] {
    return [...this.#parts].flatMap((part) => {
      const { index, end, range } = part;
      if (end === undefined) return [];
      const position = index + range.rows;
      const begins = [...this.#begins].filter((begin) => begin > position && begin < end);
      const starts = [position, ...begins.sort((one, other) => one - other)];
      return starts.map((start, at) => ({
        part,
        from: start + this.pageRows,
        to: starts[at + 1] ?? end,
      }));
    });
  }
}
