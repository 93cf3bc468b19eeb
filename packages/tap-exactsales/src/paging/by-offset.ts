import { tables } from '@exact-spotter/schema';
import { log } from '@exact-spotter/singer';
import type { Client } from '../api/client.ts';
import type { ApiRow } from '../api/odata.ts';
import type { Endpoint } from '../endpoints.ts';
import { valueAt } from '../rows/api-members.ts';
import { COUNTS_AT_START, judgePage, wantsCount, type PagingCounts } from './page-end.ts';
import { pageOrder } from './page-order.ts';
import { noteIgnoredDates, requestPage } from '../request/page-request.ts';
import type { Page, ReadRequest, RequestedPage } from '../request/read-request.ts';

/**
 * How many rows of the previous page are requested again. Up to this many rows may be added or
 * deleted between two pages.
 */
const OVERLAP = 20;
/** How often an endpoint may be read from the start because rows moved by more than the overlap. */
const MOST_RESTARTS = 5;

/**
 * Reads pages with `$skip`, for an endpoint that supports nothing better. Added and deleted rows
 * shift all rows after them, so every page begins inside the previous page. If rows of the previous
 * page are found again, the read continues after them; otherwise it starts over. If rows may have
 * swapped places, the read is also repeated until no new row is found.
 */
export async function* pagesByOffset(client: Client, request: ReadRequest): AsyncGenerator<Page> {
  const found = new FoundRows(request);
  for (let restarts = 0; restarts < MOST_RESTARTS; restarts += 1) {
    found.beginPass();
    if (yield* onePass(client, request, found, restarts)) return;
  }
  const { path, stream } = request.endpoint;
  log.warning(
    `${path} changed too fast to be read by offset: some rows may be missing until the next run.`,
    { stream },
  );
  yield { rows: [], rowsRead: 0, isLast: true, isSure: false };
}

/** How often a set that had rows before is requested again before it is believed to be empty. */
const MOST_ATTEMPTS = 2;

/**
 * @param restarts number of earlier passes
 * @returns false if the rows moved too far and have to be read from the start
 */
async function* onePass(
  client: Client,
  request: ReadRequest,
  found: FoundRows,
  restarts: number,
): AsyncGenerator<Page, boolean> {
  let counts = COUNTS_AT_START;
  const identity = identityOf(request.endpoint);
  let tail: string[] = [];
  let firstPage = 0;
  for (let position = 0; ;) {
    const again = Math.min(overlap(request), position);
    const attempt = restarts + Number(counts.isContradicted);
    const page = await requestAt(client, request, position - again, counts, attempt);
    const identities = page.rows.map(identity);
    const from = indexAfter(tail, identities);
    if (from === undefined && (page.rows.length > 0 || again > 0)) return false;
    const rows = page.rows.slice(from ?? 0);
    // A page of known rows means that the read has reached the end or that the server ignores
    // $skip.
    const isKnown = position > 0 && rows.length === 0;
    if (isKnown && page.rows.length > again) return false;
    const isExpected = position > 0 || rows.length > 0 || !request.earlier?.rowsExpected;
    if (!isExpected && restarts < MOST_ATTEMPTS) return false;
    const judged = judgePage(page, rows.length, counts, request);
    if (judged.isCountWrong === true) request.limits.disable('count', 'ignored');
    // Without a count, a page that has no new row proves nothing yet.
    const isCounted = judged.counts.isCountProven || rows.length > 0 || position === 0;
    const isProven = judged.isLast && judged.needsProof !== true && isCounted;
    const isAtEnd = isKnown && !judged.counts.isContradicted;
    const isEnd = isProven || (isAtEnd && !(await hasRowsAt(client, request, position, attempt)));
    // A new row may also be among the rows that should be known.
    const missed = page.rows.filter(
      (_, index) => index < (from ?? 0) && found.lacks(identities[index]),
    );
    found.add(identities);
    const { total, isCountProven } = judged.counts;
    request.limits.isCountProven = isCountProven && request.limits.supports('count');
    // The rows of a single page cannot have swapped places between requests.
    const isOnePage = position === 0 || (position === firstPage && rows.length === 0);
    const isLast = isEnd && (isOnePage || found.isComplete(isCountProven ? total : undefined));
    if (position === 0) firstPage = page.rows.length;
    position = page.skip + page.rows.length;
    counts = { ...judged.counts, rows: position };
    yield { rows: [...missed, ...rows], rowsRead: position, total, isLast, isSure: true };
    if (isEnd) return isLast;
    tail = identities.slice(-OVERLAP);
  }
}

/**
 * The rows seen so far, for an endpoint without a total order. If rows that share a key swap places
 * between requests, one row is read twice and another row is missed, which the number of distinct
 * rows reveals. The keys of all rows are kept in memory (about 100 bytes each), so this is used
 * only if nothing better works.
 */
class FoundRows {
  readonly #isOrderPartial: boolean;
  readonly #found = new Set<string>();
  #before = 0;
  #passes = 0;

  constructor({ endpoint, limits }: ReadRequest) {
    this.#isOrderPartial = !endpoint.pageKey.unique || !limits.supports('orderby');
  }

  beginPass(): void {
    this.#before = this.#found.size;
    this.#passes += 1;
  }

  add(identities: readonly string[]): void {
    if (!this.#isOrderPartial) return;
    for (const identity of identities) this.#found.add(identity);
  }

  lacks(identity: string | undefined): boolean {
    return this.#isOrderPartial && identity !== undefined && !this.#found.has(identity);
  }

  /**
   * If the API has the same row twice, the total is never reached. The read then ends with a pass
   * that finds no new row.
   */
  isComplete(total: number | undefined): boolean {
    const isNothingNew = this.#passes > 1 && this.#found.size === this.#before;
    const isTotalReached = total !== undefined && this.#found.size >= total;
    return !this.#isOrderPartial || isNothingNew || isTotalReached;
  }
}

/**
 * True if rows follow although a page inside the previous page has no new row: the server has begun
 * to cut pages to fewer rows than the overlap, which is then lowered.
 */
async function hasRowsAt(
  client: Client,
  request: ReadRequest,
  position: number,
  attempt: number,
): Promise<boolean> {
  const counts = { ...COUNTS_AT_START, rows: position };
  const { rows } = await requestAt(client, request, position, counts, attempt);
  if (rows.length === 0) return false;
  request.limits.longestPage = rows.length;
  return true;
}

async function requestAt(
  client: Client,
  request: ReadRequest,
  skip: number,
  counts: PagingCounts,
  attempt: number,
): Promise<RequestedPage> {
  const page = await requestPage(client, request, {
    attempt,
    orderby: pageOrder(request.endpoint),
    skip,
    count: wantsCount(counts, request.limits),
  });
  noteIgnoredDates(page.rows, request);
  return page;
}

/** Returns how many rows to request again: at most half of what the server sends in one page. */
function overlap({ limits }: ReadRequest): number {
  return Math.min(OVERLAP, Math.floor(Math.min(limits.top, limits.longestPage) / 2));
}

/**
 * Returns the index after the last row of `tail` that is found again; undefined if no row is found.
 */
function indexAfter(tail: readonly string[], identities: readonly string[]): number | undefined {
  if (tail.length === 0) return 0;
  for (const known of tail.toReversed()) {
    const found = identities.lastIndexOf(known);
    if (found >= 0) return found + 1;
  }
  return undefined;
}

/**
 * Returns a function that identifies a row by its table's key values, or by the whole row if it has
 * no key values.
 */
function identityOf({ stream, columns }: Endpoint): (row: ApiRow) => string {
  const paths = tables[stream]['x-key'].map((column) =>
    [columns[column] ?? column].flat().map((path) => path.split('.')),
  );
  return (row) => {
    const key = paths.map((sources) => sources.map((path) => valueAt(row, path) ?? null));
    return JSON.stringify(key.flat().every((value) => value === null) ? row : key);
  };
}
