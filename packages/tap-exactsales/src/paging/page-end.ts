import type { RequestedPage } from './request.ts';
import type { ServerLimits } from './server-limits.ts';

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
interface Judgement {
  readonly isLast: boolean;
  readonly counts: PagingCounts;
  /** True if two pages in a row contradicted the count. */
  readonly isCountWrong?: boolean;
}

/**
 * Decides whether a page is the last one. Only the count is reliable: a link to the next page
 * proves nothing, and a page may be short because the server cut it. If the server sends no count,
 * the read ends with a page that has no new row.
 * @param fresh number of rows that the previous page did not have
 * @param isCounting false if the server's counts are known to be wrong
 */
export function judgePage(
  page: RequestedPage,
  fresh: number,
  before: PagingCounts,
  isCounting: boolean,
): Judgement {
  const count = isCounting ? credibleCount(page) : undefined;
  const counts = { ...before, total: before.total ?? count };
  return fresh === 0
    ? judgeWithoutNewRow(page, count, counts)
    : judgeWithNewRows(page, count, { ...counts, isContradicted: false });
}

/** Returns the page's count, or undefined if it is lower than the number of rows received. */
function credibleCount({ count, skip, rows }: RequestedPage): number | undefined {
  return count !== undefined && (rows.length === 0 || count >= skip + rows.length)
    ? count
    : undefined;
}

function judgeWithNewRows(
  { rows, skip, top, nextLink }: RequestedPage,
  count: number | undefined,
  counts: PagingCounts,
): Judgement {
  if (count === undefined) {
    const isShort = rows.length < top;
    return { isLast: false, counts: isShort ? requestCountOnce(counts) : counts };
  }
  const hasMore = count > skip + rows.length;
  const isCountProven = counts.isCountProven || hasMore;
  // If the count of a full page covers only that page, either no rows follow or the server counts
  // pages.
  const isLast = !hasMore && (isCountProven || rows.length < top || nextLink === undefined);
  return { isLast, counts: { ...counts, isCountProven } };
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
