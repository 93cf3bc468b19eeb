import type { ReplicationMethod } from '@exact-spotter/singer';
import type { Bookmark, ProgressMarkers } from './state.ts';

/** What earlier runs found in a set. A page that contradicts it is requested again. */
export interface EarlierReads {
  /** The most rows that a page had. */
  readonly longestPage: number;
  /** True if the last complete read had only that page, so that the server had not cut it. */
  readonly isSinglePage: boolean;
  /** True if only rows that may have changed are read. */
  readonly isPartial: boolean;
  /** A read with fewer rows than this is surprising. 0 if any number of rows is plausible. */
  readonly rowsExpected: number;
}

/**
 * A complete read should find as many rows as the longest page had, and a set that has never been
 * read should have rows. Other reads should find a row: a window that had some, and an incremental
 * read at least the row that its bookmark is from.
 */
export function earlierReads(
  method: ReplicationMethod,
  bookmarks: readonly Bookmark[],
  { isComplete, resumed }: { readonly isComplete: boolean; readonly resumed?: ProgressMarkers },
): EarlierReads {
  const longestPage = Math.max(0, ...bookmarks.map(({ longest_page: rows = 0 }) => rows));
  const isNew = bookmarks.every(({ full_read_at: fullReadAt }) => fullReadAt === undefined);
  const rowsExpected = isComplete ? Math.max(longestPage, Number(isNew)) : Math.min(1, longestPage);
  return {
    longestPage,
    isSinglePage: bookmarks.every(({ rows_read: rows }) => rows === longestPage),
    isPartial: method === 'incremental' && !isComplete,
    rowsExpected: resumed === undefined ? rowsExpected : 0,
  };
}
