import type { TableName } from '@exact-spotter/schema';
import { earlier, isAhead, later, type Instant } from './instant.ts';
import type { ReadPlan } from './plan.ts';
import type { Bookmark, ProgressMarkers } from './state.ts';
import { replicationKey } from './table-schema.ts';

/** How far a read has come. */
export interface Reach {
  /** Its start, by the clock that is behind: the server's or ours. */
  readonly startedAt: Instant;
  /** The latest date among its rows. */
  readonly newest?: Instant;
}

/** Where a stream stands when its read has ended well. */
export function endedBookmark(
  stream: TableName,
  before: Bookmark,
  { method, isComplete, version, set }: ReadPlan,
  { startedAt, newest }: Reach,
): Bookmark {
  const key = replicationKey(set.stream);
  const isOwnKey = replicationKey(stream) !== undefined;
  const value = method === 'window' ? startedAt : latest(before, startedAt, newest);
  return {
    ...before,
    ...(isOwnKey && key !== undefined && { replication_key: key }),
    ...(method !== 'full' && value !== undefined && { replication_key_value: value }),
    ...(version !== undefined && { version }),
    read_at: startedAt,
    full_read_at: isComplete ? startedAt : (before.full_read_at ?? startedAt),
    progress_markers: null,
  };
}

/** The latest date that was seen, but never one that lies ahead of the start: rows may be dated in the future. */
function latest(
  { replication_key_value: before }: Bookmark,
  startedAt: Instant,
  newest: Instant | undefined,
): Instant | undefined {
  const seen = newest && earlier(newest, startedAt);
  const known = before !== undefined && isAhead(before, startedAt) ? startedAt : before;
  return known !== undefined && seen !== undefined ? later(known, seen) : (seen ?? known);
}

/** Where a later run may go on, should this one be broken off; null where it has to start over. */
export function progressMarkers(
  resume: number | undefined,
  { set, method, isComplete, range, version }: ReadPlan,
  { startedAt, newest }: Reach,
): ProgressMarkers | null {
  if (resume === undefined || method !== 'incremental') return null;
  return {
    path: set.path,
    after: resume,
    started_at: startedAt,
    complete: isComplete,
    ...range,
    ...(version !== undefined && { version }),
    ...(newest !== undefined && { newest }),
  };
}
