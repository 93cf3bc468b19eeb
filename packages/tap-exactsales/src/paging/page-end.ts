import type { RequestedPage } from './request.ts';
import type { ServerLimits } from './server-limits.ts';

/** The rows that a read has requested so far, and what the counts in its pages said. */
export interface PagingCounts {
  readonly rows: number;
  /** Rows that the first page's count promised. */
  readonly total: number | undefined;
  /** The last page was shorter than expected and had no count: the next one is requested with one. */
  readonly needsCount: boolean;
  /** A count was higher than its page's end, so the server does not count the page alone. */
  readonly isCountProven: boolean;
  /** The last page had no new row, but its count promised some. */
  readonly isContradicted: boolean;
}

export const COUNTS_AT_START: PagingCounts = {
  rows: 0,
  total: undefined,
  needsCount: false,
  isCountProven: false,
  isContradicted: false,
};

/** The first page is requested with a count to get the total, the last one to prove that it is the last. */
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
  /** Two pages in a row contradicted the count. */
  readonly isCountWrong?: boolean;
}

/**
 * Decides whether a page is the last one. A link to the next page proves nothing, and the server may
 * have cut a page that is shorter than requested: only the count is reliable. If the server sends no
 * count, the read ends with a page without a new row.
 * @param fresh rows that the page before did not have
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

/** Ignores a count that is lower than the number of rows that came. */
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
  // A full page that counts only itself may be all there is, or come from a server that counts pages.
  const isLast = !hasMore && (isCountProven || rows.length < top || nextLink === undefined);
  return { isLast, counts: { ...counts, isCountProven } };
}

/** Ends the read, unless the count promises more rows: then the page is requested once more. */
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

/** Requests the next page with a count, unless the last one was requested with one. */
function requestCountOnce(counts: PagingCounts): PagingCounts {
  return { ...counts, needsCount: counts.total !== undefined && !counts.needsCount };
}
