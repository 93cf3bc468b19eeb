import type { SetFacts } from './facts.ts';
import type { AskedPage } from './page-query.ts';

/** How far a read is, and what its counts have said. */
export interface ReadProgress {
  rows: number;
  /** Rows that the first page's count promised. */
  total: number | undefined;
  /** A page came out shorter than expected, and its count was not asked for. */
  recount: boolean;
  /** A count has told of more rows than its page has: it counts the set, not the page. */
  isProven: boolean;
  /** A page without a new row came with a count that promises some. */
  contradicted: boolean;
}

export function newProgress(): ReadProgress {
  return { rows: 0, total: undefined, recount: false, isProven: false, contradicted: false };
}

/** The first page's count says how many there are; the last one's, that there are no more. */
export function wantsCount({ rows, total, recount }: ReadProgress, { top }: SetFacts): boolean {
  return rows === 0 || recount || (total !== undefined && rows + top >= total);
}

/**
 * Whether a page is the last of its read. The server's link says nothing, and a page shorter than
 * was asked for may be one that the server cut at a size of its own: the count tells for sure.
 * Where the server tells none, the end is a page without a new row.
 * @param fresh rows of the page that the page before did not have
 */
export function isLastPage(
  page: AskedPage,
  fresh: number,
  progress: ReadProgress,
  facts: SetFacts,
): boolean {
  const { rows, skip, top, nextLink } = page;
  const count = facts.honours('count') ? credibleCount(page) : undefined;
  progress.total ??= count;
  if (fresh === 0) return isEnd(page, count, progress, facts);
  progress.contradicted = false;
  if (count === undefined) {
    if (rows.length < top) mayBeCounted(progress);
    return false;
  }
  progress.isProven ||= count > skip + rows.length;
  if (count > skip + rows.length) return false;
  // A full page that counts itself alone may be all there is, or come of a server that counts pages.
  return progress.isProven || rows.length < top || nextLink === undefined;
}

/** A count of fewer rows than have come is none. */
function credibleCount({ count, skip, rows }: AskedPage): number | undefined {
  return count !== undefined && (rows.length === 0 || count >= skip + rows.length)
    ? count
    : undefined;
}

/** A page without a new row ends a read, unless its count promises some: then it is asked for once more. */
function isEnd(
  { skip, rows }: AskedPage,
  count: number | undefined,
  progress: ReadProgress,
  facts: SetFacts,
): boolean {
  if (count === undefined) return !mayBeCounted(progress);
  if (skip + rows.length >= count) return true;
  if (progress.contradicted) facts.fails('count', 'ignored');
  progress.contradicted = !progress.contradicted;
  return !progress.contradicted;
}

/** True once, for a page that ought to have been full: the next one is asked with its count. */
function mayBeCounted(progress: ReadProgress): boolean {
  const wanted = progress.total !== undefined && !progress.recount;
  progress.recount = wanted;
  return wanted;
}
