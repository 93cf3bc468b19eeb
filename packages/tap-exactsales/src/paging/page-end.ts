import type { RequestedPage } from './query.ts';
import type { ServerLimits } from './server-limits.ts';

/** How far the paging of a read is, and what the counts in its pages said. */
export interface PagingProgress {
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

export const PAGING_START: PagingProgress = {
  rows: 0,
  total: undefined,
  needsCount: false,
  isCountProven: false,
  isContradicted: false,
};

/** The first page's count says how many rows there are; the last one's, that there are no more. */
export function wantsCount(
  { rows, total, needsCount }: PagingProgress,
  { top }: ServerLimits,
): boolean {
  return rows === 0 || needsCount || (total !== undefined && rows + top >= total);
}

/** What a page says about the end of its read. */
interface Judgement {
  readonly isLast: boolean;
  readonly progress: PagingProgress;
  /** Two pages in a row contradicted the count. */
  readonly isCountWrong?: boolean;
}

/**
 * Decides whether a page is the last one. A link to the next page proves nothing, and a page shorter
 * than requested may have been cut by the server: only the count is sure. If the server sends no
 * count, the read ends with a page without a new row.
 * @param fresh rows that the page before did not have
 * @param isCounting false if the server's counts are known to be wrong
 */
export function judgePage(
  page: RequestedPage,
  fresh: number,
  before: PagingProgress,
  isCounting: boolean,
): Judgement {
  const count = isCounting ? credibleCount(page) : undefined;
  const progress = { ...before, total: before.total ?? count };
  return fresh === 0
    ? judgeWithoutNewRow(page, count, progress)
    : judgeWithNewRows(page, count, { ...progress, isContradicted: false });
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
  progress: PagingProgress,
): Judgement {
  if (count === undefined) {
    const isShort = rows.length < top;
    return { isLast: false, progress: isShort ? requestCountOnce(progress) : progress };
  }
  const hasMore = count > skip + rows.length;
  const isCountProven = progress.isCountProven || hasMore;
  // A full page that counts only itself may be all there is, or come from a server that counts pages.
  const isLast = !hasMore && (isCountProven || rows.length < top || nextLink === undefined);
  return { isLast, progress: { ...progress, isCountProven } };
}

/** Such a page ends the read unless its count promises more rows: then it is requested once more. */
function judgeWithoutNewRow(
  { skip, rows }: RequestedPage,
  count: number | undefined,
  progress: PagingProgress,
): Judgement {
  if (count === undefined) {
    const next = requestCountOnce(progress);
    return { isLast: !next.needsCount, progress: next };
  }
  if (skip + rows.length >= count) return { isLast: true, progress };
  const isSecond = progress.isContradicted;
  return {
    isLast: isSecond,
    progress: { ...progress, isContradicted: !isSecond },
    isCountWrong: isSecond,
  };
}

/** Requests the next page with a count, unless the last one was. */
function requestCountOnce(progress: PagingProgress): PagingProgress {
  return { ...progress, needsCount: progress.total !== undefined && !progress.needsCount };
}
