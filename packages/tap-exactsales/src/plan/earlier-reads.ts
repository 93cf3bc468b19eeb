import type { Bookmark, ProgressMarkers } from '../state/state.ts';

/** What earlier runs found in a set. A page that contradicts it is requested again. */
export interface EarlierReads {
  /** True if the set had rows, as far as is known. */
  readonly hadRows: boolean;
  /**
   * The rows of the last complete read, if they were a single page. A page of the same length has
   * not been cut by the server.
   */
  readonly singlePage: number | undefined;
  /** True if a count exceeded its page, so that counts are known to cover the set. */
  readonly isCountProven: boolean;
  /** A read with fewer rows than this is surprising. 0 if any number of rows is plausible. */
  readonly rowsExpected: number;
}

/** For a read that should find rows, although earlier runs say nothing about it. */
export const SOME_ROWS: EarlierReads = {
  ...{ hadRows: false, singlePage: undefined, isCountProven: false, rowsExpected: 1 },
};

interface How {
  readonly isComplete: boolean;
  readonly isBackfill: boolean;
  readonly resumed?: ProgressMarkers;
}

/**
 * A complete read should find as many rows as the longest page had, and a set whose rows are not
 * known should have rows. Other reads should find a row: a window that had some, and an incremental
 * read at least the row that its bookmark is from.
 */
export function earlierReads(
  bookmarks: readonly Bookmark[],
  { isComplete, isBackfill, resumed }: How,
): EarlierReads {
  const known = bookmarks.flatMap(({ longest_page: rows }) => rows ?? []);
  const longestPage = Math.max(0, ...known);
  const isRead = bookmarks.some(({ full_read_at: fullReadAt }) => fullReadAt !== undefined);
  const hadRows = longestPage > 0 || (isRead && known.length === 0);
  const fewest = Number(hadRows || !isRead);
  const isSinglePage = bookmarks.every(({ rows_read: rows }) => rows === longestPage);
  return {
    hadRows,
    singlePage: isSinglePage ? longestPage : undefined,
    isCountProven: bookmarks.every(({ count_proven: isProven }) => isProven === true),
    rowsExpected: isBackfill || resumed ? 0 : isComplete ? Math.max(longestPage, fewest) : fewest,
  };
}
