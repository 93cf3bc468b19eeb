import {
  compareInstants,
  earlier,
  later,
  type Instant,
  type ReplicationMethod,
} from '@exact-spotter/singer';
import { EARLIEST_START } from '../settings.ts';
import type { Bookmark, ProgressMarkers } from '../state/state.ts';

/** No row is older. */
export const BEGINNING: Instant = `${EARLIEST_START}T00:00:00Z`;

/** Which rows this read and earlier reads cover, by date. */
export interface Coverage {
  /** After this read, all rows dated on or after this have been read; missing for a full stream. */
  readonly coveredFrom?: Instant;
  /** True if a complete read starts from a later date than earlier reads, so older rows must be kept. */
  readonly keepsOlderRows: boolean;
}

interface Read {
  readonly isComplete: boolean;
  readonly isBackfill: boolean;
  /** True if the rows that were sent before lack something. */
  readonly isLacking: boolean;
  readonly resumed?: ProgressMarkers;
}

/** @param startDate the start date of the settings */
export function coverage(
  method: ReplicationMethod,
  { isComplete, isBackfill, isLacking, resumed }: Read,
  bookmarks: readonly Bookmark[],
  startDate: Instant,
): Coverage {
  if (method === 'full') return { keepsOlderRows: false };
  const before = startBefore(bookmarks);
  const read = resumed ? (resumed.from ?? BEGINNING) : startDate;
  if (!isComplete && !isBackfill) {
    return { coveredFrom: before ?? startDate, keepsOlderRows: false };
  }
  const keepsOlderRows = isComplete && before !== undefined && compareInstants(before, read) < 0;
  // Older rows still lack what the read was made for.
  const coveredFrom = before === undefined || isLacking ? read : earlier(before, read);
  return { coveredFrom, keepsOlderRows };
}

/** Returns the date from which on all rows of all streams have been read, as far as is known. */
export function startBefore(bookmarks: readonly Bookmark[]): Instant | undefined {
  const starts = bookmarks.flatMap(({ read_with: readWith }) => readWith?.start_date ?? []);
  return starts.length < bookmarks.length ? undefined : starts.reduce(later);
}
