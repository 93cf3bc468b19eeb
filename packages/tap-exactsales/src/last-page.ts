import type { SetFacts } from './facts.ts';
import type { AskedPage } from './page-query.ts';

/** How far a read is, and what its counts have said. */
export interface Progress {
  rows: number;
  /** Rows that the first page's count promised. */
  total: number | undefined;
  /** A page came out shorter than expected, and its count was not asked for. */
  recount: boolean;
  /** An empty page came with a count that promises rows. */
  contradicted: boolean;
}

export function newProgress(): Progress {
  return { rows: 0, total: undefined, recount: false, contradicted: false };
}

/** The first page's count says how many there are; the last one's, that there are no more. */
export function wantsCount({ rows, total, recount }: Progress, { top }: SetFacts): boolean {
  return rows === 0 || recount || (total !== undefined && rows + top >= total);
}

/**
 * Whether a page is the last of its read. The server's link says nothing, and a page shorter than
 * was asked for may be one that the server cut at a size of its own: the count tells for sure.
 * Where the server tells no count, a page shorter than another one of the set is the last.
 */
export function isLastPage(page: AskedPage, progress: Progress, facts: SetFacts): boolean {
  const { rows, count, skip, top } = page;
  progress.total ??= count;
  if (rows.length === 0) return isEnd(page, progress, facts);
  progress.contradicted = false;
  if (count !== undefined && facts.honours('count')) return skip + rows.length >= count;
  if (rows.length >= top || mayBeCounted(progress)) return false;
  return rows.length < facts.longestPage;
}

/** An empty page ends a read, unless its count promises rows: then it is asked for once more. */
function isEnd({ count, skip }: AskedPage, progress: Progress, facts: SetFacts): boolean {
  if (count === undefined) return !mayBeCounted(progress);
  if (skip >= count) return true;
  if (progress.contradicted) facts.fails('count', 'ignored');
  progress.contradicted = !progress.contradicted;
  return !progress.contradicted;
}

/** True once, for a page that ought to have been full: the next one is asked with its count. */
function mayBeCounted(progress: Progress): boolean {
  const wanted = progress.total !== undefined && !progress.recount;
  progress.recount = wanted;
  return wanted;
}
