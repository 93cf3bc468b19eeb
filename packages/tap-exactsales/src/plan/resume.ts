import type { TableName } from '@exact-spotter/schema';
import {
  compareInstants,
  shiftInstant,
  type Instant,
  type ReplicationMethod,
} from '@exact-spotter/singer';
import { millisecondsInDay } from 'date-fns/constants';
import type { Endpoint } from '../endpoints.ts';
import type { DateRange } from './date-range.ts';
import { hashOf, isLikeEarlier, type ReadWith } from '../state/read-with.ts';
import type { Bookmark, ProgressMarkers } from '../state/state.ts';

/** What a resumed read has in common with the interrupted one. */
interface ResumedRead {
  readonly isComplete: boolean;
  readonly isBackfill: boolean;
  readonly range: DateRange;
  readonly startedAt: Instant;
  readonly version?: number;
  readonly resumed: ProgressMarkers;
}

/** @returns undefined if there is no interrupted read that can be continued */
export function resumedRead(
  endpoint: Endpoint,
  method: ReplicationMethod,
  bookmarks: readonly Bookmark[],
  readWith: ReadonlyMap<TableName, ReadWith>,
  now: Instant,
): ResumedRead | undefined {
  const resumed = resumable(endpoint, method, bookmarks, now);
  if (resumed && !isReadAlike(resumed, readWith)) return undefined;
  if (!resumed) return undefined;
  const { from, to, started_at: startedAt, complete: isComplete, version } = resumed;
  return {
    isComplete,
    // Only a read of the rows between two start dates has an end.
    isBackfill: to !== undefined,
    range: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
    startedAt,
    ...(version !== undefined && { version }),
    resumed,
  };
}

/** True if an interrupted read was read with the same as now. */
function isReadAlike(
  { read_with_hash: hash }: ProgressMarkers,
  readWith: ReadonlyMap<TableName, ReadWith>,
): boolean {
  return hash === undefined ? isLikeEarlier(readWith) : hash === hashOf(readWith);
}

/**
 * Returns where to continue if all streams of the read stopped at the same place and the read has
 * not ended since. Only an incremental read is resumed, regardless of its age, because a second
 * read then fetches what has changed since it began. Resuming a full or window read would mix rows
 * from two points in time.
 */
function resumable(
  endpoint: Endpoint,
  method: ReplicationMethod,
  bookmarks: readonly Bookmark[],
  now: Instant,
): ProgressMarkers | undefined {
  const markers = bookmarks[0]?.progress;
  if (method !== 'incremental' || markers?.path !== endpoint.path) return undefined;
  if (isAhead(markers.started_at, now)) return undefined;
  const text = JSON.stringify(markers);
  const isSame = bookmarks.every(
    ({ progress: other, read_at: readAt }) =>
      JSON.stringify(other) === text &&
      (readAt === undefined || compareInstants(markers.started_at, readAt) > 0),
  );
  return isSame ? markers : undefined;
}

/**
 * True if a date is more than a day ahead. Clocks do not differ that much, so such a date cannot be
 * trusted.
 */
export function isAhead(date: Instant, now: Instant): boolean {
  return compareInstants(date, shiftInstant(now, millisecondsInDay)) > 0;
}
