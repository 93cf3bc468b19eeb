import type { ReadRequest, RequestedPage } from '../request/read-request.ts';
import type { ServerLimits } from '../request/server-limits.ts';

/** The rows that a read has requested so far, and what the counts in its pages said. */
export interface PagingCounts {
  readonly rows: number;
  /** Rows that the first page's count promised. */
  readonly total: number | undefined;
  /**
   * True if the last page was shorter than expected and had no count. The next page is then
   * requested with a count.
   */
  readonly needsCount: boolean;
  /** True if a count exceeded the end of its page, so the server does not count only the page. */
  readonly isCountProven: boolean;
  /** True if the last page had no new row although its count promised more rows. */
  readonly isContradicted: boolean;
}

export const COUNTS_AT_START: PagingCounts = {
  rows: 0,
  total: undefined,
  needsCount: false,
  isCountProven: false,
  isContradicted: false,
};

/**
 * True if the next page needs a count: the first page to find out the total, the last page to prove
 * that it is the last.
 */
export function wantsCount(
  { rows, total, needsCount }: PagingCounts,
  { top }: ServerLimits,
): boolean {
  return rows === 0 || needsCount || (total !== undefined && rows + top >= total);
}

/** What a page says about the end of its read. */
export interface Judgement {
  /** True if the page's count says that no rows follow. */
  readonly isLast: boolean;
  /** True if that count may cover only the page, so that the end needs another proof. */
  readonly needsProof?: boolean;
  readonly counts: PagingCounts;
  /** True if two pages in a row contradicted the count. */
  readonly isCountWrong?: boolean;
}

/**
 * Decides whether a page is the last one. A link to the next page, or its absence, proves nothing:
 * with an explicit `$top`, the link is probably missing on every page. A page may be short because
 * the server cut it, and a count that equals the page's rows may count only the page. So a count
 * that is reached is a proof only if an earlier count exceeded its page. Without a count, the read
 * ends with a page that has no new row.
 * @param fresh number of rows that the previous page did not have
 */
export function judgePage(
  page: RequestedPage,
  fresh: number,
  before: PagingCounts,
  { limits, earlier }: Pick<ReadRequest, 'limits' | 'earlier'>,
): Judgement {
  const count = limits.supports('count') ? credibleCount(page) : undefined;
  // An empty page may be a mistake, so its count of 0 is not the total.
  const total = before.total ?? (page.rows.length > 0 || count !== 0 ? count : undefined);
  const isCountProven = before.isCountProven || limits.isCountProven;
  const counts = { ...before, total, isCountProven };
  if (fresh === 0) return judgeWithoutNewRow(page, count, counts);
  const isUncut = isKnownUncut(page, earlier);
  return judgeWithNewRows(page, count, isUncut, { ...counts, isContradicted: false });
}

/**
 * True if the server is known not to have cut a page that is shorter than requested. A server that
 * cuts pages is likely to cut them to a round number of rows.
 */
function isKnownUncut(
  { rows: { length }, top }: RequestedPage,
  earlier: ReadRequest['earlier'],
): boolean {
  if (length >= top) return false;
  return length === earlier?.singlePage || (earlier?.isCountProven === true && length % 50 !== 0);
}

/**
 * True if the end of a read has to be confirmed: the read received fewer rows than its first count
 * promised or than earlier runs found, or its last page is empty and no count is reliable. Rows may
 * have been deleted during the read, but the server may also have sent a page by mistake.
 * @param rows number of rows read, including those of the page that is taken for the last one
 * @param page whether that page is the first one, and how many new rows it has
 */
export function isEndDoubtful(
  rows: number,
  { total, isCountProven }: PagingCounts,
  page: { readonly isFirst: boolean; readonly fresh: number },
  { earlier, limits }: Pick<ReadRequest, 'limits' | 'earlier'>,
): boolean {
  if (rows < (earlier?.rowsExpected ?? 0)) return true;
  if (page.isFirst) return false;
  const isCounted = total !== undefined && rows >= total && limits.supports('count');
  return !isCounted || (page.fresh === 0 && !isCountProven);
}

/** Returns the page's count, or undefined if it is lower than the number of rows received. */
function credibleCount({ count, skip, rows }: RequestedPage): number | undefined {
  return count !== undefined && (rows.length === 0 || count >= skip + rows.length)
    ? count
    : undefined;
}

function judgeWithNewRows(
  { rows, skip, top }: RequestedPage,
  count: number | undefined,
  isUncut: boolean,
  counts: PagingCounts,
): Judgement {
  if (count === undefined) {
    return { isLast: false, counts: rows.length < top ? requestCountOnce(counts) : counts };
  }
  const hasMore = count > skip + rows.length;
  const isCountProven = counts.isCountProven || hasMore;
  return {
    isLast: !hasMore,
    needsProof: !isCountProven && !isUncut,
    counts: { ...counts, isCountProven },
  };
}

/**
 * Ends the read unless the count promises more rows, in which case the page is requested once more.
 */
function judgeWithoutNewRow(
  { skip, rows }: RequestedPage,
  count: number | undefined,
  counts: PagingCounts,
): Judgement {
  if (count === undefined) {
    const next = requestCountOnce(counts);
    return { isLast: !next.needsCount, counts: next };
  }
  if (skip + rows.length >= count) return { isLast: true, counts };
  const isSecond = counts.isContradicted;
  return {
    isLast: isSecond,
    counts: { ...counts, isContradicted: !isSecond },
    isCountWrong: isSecond,
  };
}

/** Requests the next page with a count, unless the last page was already requested with a count. */
function requestCountOnce(counts: PagingCounts): PagingCounts {
  return { ...counts, needsCount: counts.total !== undefined && !counts.needsCount };
}
