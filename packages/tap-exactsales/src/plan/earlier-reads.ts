import type { ReplicationMethod } from '@exact-spotter/singer';
import type { Bookmark, ProgressMarkers } from './state.ts';

/** What earlier runs found in a set. A page that contradicts it is requested again. */
export interface EarlierReads {
  /** The most rows that a page had. */
  readonly longestPage: number;
  /** A read with fewer rows than this is surprising. 0 if any number of rows is plausible. */
  readonly rowsExpected: number;
}

/**
 * A complete read should find as many rows as the longest page had, a set that has never been read
 * should have rows, and so should a window that had some. The rows of an incremental read are as many
 * as have changed, so nothing is expected.
 */
export function earlierReads(
  method: ReplicationMethod,
  bookmarks: readonly Bookmark[],
  { isComplete, resumed }: { readonly isComplete: boolean; readonly resumed?: ProgressMarkers },
): EarlierReads {
  const longestPage = Math.max(0, ...bookmarks.map(({ longest_page: rows = 0 }) => rows));
  const isNew = bookmarks.every(({ full_read_at: fullReadAt }) => fullReadAt === undefined);
  const rowsExpected = isComplete ? Math.max(longestPage, Number(isNew)) : Math.min(1, longestPage);
  const isOpen = resumed !== undefined || (method === 'incremental' && !isComplete);
  return { longestPage, rowsExpected: isOpen ? 0 : rowsExpected };
}
