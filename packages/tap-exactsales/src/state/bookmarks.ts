import type { TableName } from '@exact-spotter/schema';
import {
  compareInstants,
  earlier,
  later,
  shiftInstant,
  type Instant,
  type ReplicationMethod,
} from '@exact-spotter/singer';
import { millisecondsInDay } from 'date-fns/constants';
import { replicationKey } from '../catalog.ts';
import type { Endpoint } from '../endpoints.ts';
import type { UnreadKeys } from '../request/read-request.ts';
import type { DateRange } from '../plan/date-range.ts';
import { hashOf, type ReadWith } from './read-with.ts';
import { isAhead } from '../plan/resume.ts';
import type { Bookmark, ProgressMarkers } from './state.ts';
import { unreadMarkers } from './unread-keys.ts';

/**
 * Returns where to read from: the earliest bookmark minus the days to read again, but no earlier than
 * the start date. A stream whose only complete read could not send every row has no bookmark; the
 * rows that have changed since that read are read.
 */
export function readFrom(
  bookmarks: readonly Bookmark[],
  days: number,
  startDate: Instant,
  now: Instant,
): Instant {
  const values = bookmarks.map(
    ({ replication_key_value: value, incomplete_read_at: incompleteAt }) => {
      const known = value ?? incompleteAt;
      return known === undefined ? startDate : earlier(known, now);
    },
  );
  return later(startDate, shiftInstant(values.reduce(earlier), -days * millisecondsInDay));
}

/**
 * True if a stream has never been read completely or its last complete read is too old. A read that
 * could not send every row counts as well, because repeating it each night would not help. A
 * bookmark without the date of a last complete read does not count as too old.
 */
export function isRefreshDue(bookmark: Bookmark, days: number, now: Instant): boolean {
  const { replication_key_value: value, full_read_at: fullReadAt } = bookmark;
  const { incomplete_read_at: incompleteAt } = bookmark;
  if ([value, fullReadAt].some((date) => date !== undefined && isAhead(date, now))) return true;
  const dates = [fullReadAt, incompleteAt].filter((date) => date !== undefined);
  if (dates.length === 0) return value === undefined;
  if (days === 0) return false;
  return compareInstants(shiftInstant(dates.reduce(later), days * millisecondsInDay), now) <= 0;
}

/** What the pages of a run were like. */
interface SeenPages {
  /** The most rows that a page had. */
  readonly longestPage: number;
  /** True if a count exceeded its page. */
  readonly isCountProven: boolean;
}

/** What a read has found out when it ends or is interrupted. */
interface ReadSoFar {
  readonly plan: {
    readonly endpoint: Endpoint;
    readonly method: ReplicationMethod;
    readonly isComplete: boolean;
    readonly range: DateRange;
    readonly version?: number;
    readonly readWith: ReadonlyMap<TableName, ReadWith>;
    readonly resumed?: ProgressMarkers;
    readonly isBackfill: boolean;
    readonly coveredFrom?: Instant;
  };
  readonly rowsRead: number;
  readonly startedAt: Instant;
  /** The latest date among the rows. */
  readonly newest: Instant | undefined;
}

/**
 * Returns the bookmark of a stream whose read has succeeded.
 * @param seen what the pages of the run were like
 */
export function endedBookmark(
  stream: TableName,
  { incomplete_read_at: incompleteAt, ...before }: Bookmark,
  { plan, startedAt, newest, rowsRead }: ReadSoFar,
  seen: SeenPages,
): Bookmark {
  const { method, isComplete, version, endpoint } = plan;
  const key = replicationKey(endpoint.stream);
  const isOwnKey = replicationKey(stream) !== undefined;
  const readNow = readWithAfter(stream, plan);
  const seenValue = method === 'window' ? startedAt : latest(before, startedAt, newest);
  const value = plan.isBackfill ? before.replication_key_value : seenValue;
  return {
    ...before,
    ...(isOwnKey && key !== undefined && { replication_key: key }),
    ...(method !== 'full' && value !== undefined && { replication_key_value: value }),
    ...(version !== undefined && { version }),
    ...(readNow && { read_with: readNow }),
    read_at: startedAt,
    ...fullReadAt(before, incompleteAt, isComplete, startedAt),
    ...pagesOf(before, isComplete && !plan.resumed, seen, rowsRead),
    progress: undefined,
  };
}

function readWithAfter(
  stream: TableName,
  { readWith, coveredFrom }: ReadSoFar['plan'],
): ReadWith | undefined {
  const readNow = readWith.get(stream);
  return readNow && coveredFrom !== undefined ? { ...readNow, start_date: coveredFrom } : readNow;
}

/** A resumed read knows only the rows after the interruption. */
function pagesOf(
  { longest_page: longestBefore = 0, rows_read: rowsBefore, count_proven: provenBefore }: Bookmark,
  isWhole: boolean,
  { longestPage, isCountProven }: SeenPages,
  rowsRead: number,
): Pick<Bookmark, 'longest_page' | 'rows_read' | 'count_proven'> {
  const proven = isCountProven || provenBefore === true ? { count_proven: true } : {};
  if (isWhole) return { longest_page: longestPage, rows_read: rowsRead, ...proven };
  return {
    ...proven,
    longest_page: Math.max(longestBefore, longestPage),
    ...(rowsBefore !== undefined && { rows_read: rowsBefore }),
  };
}

function fullReadAt(
  { full_read_at: before }: Bookmark,
  incompleteAt: Instant | undefined,
  isComplete: boolean,
  startedAt: Instant,
): Pick<Bookmark, 'full_read_at' | 'incomplete_read_at'> {
  if (isComplete) return { full_read_at: startedAt };
  if (incompleteAt === undefined) return { full_read_at: before ?? startedAt };
  return {
    ...(before !== undefined && { full_read_at: before }),
    incomplete_read_at: incompleteAt,
  };
}

/** Returns the bookmark of a stream whose read could not send every row. It does not advance. */
export function incompleteBookmark(
  stream: TableName,
  before: Bookmark,
  { plan, startedAt }: ReadSoFar,
): Bookmark {
  const readNow = readWithAfter(stream, plan);
  return {
    ...before,
    ...(plan.isComplete && { incomplete_read_at: startedAt }),
    // Otherwise the next run would read the same rows again, and find the same unusable row.
    ...((plan.isComplete || plan.isBackfill) && readNow && { read_with: readNow }),
    progress: undefined,
  };
}

/**
 * Returns the latest date seen, but no later than the start of the read, because rows may be dated
 * in the future.
 */
function latest(
  { replication_key_value: before }: Bookmark,
  startedAt: Instant,
  newest: Instant | undefined,
): Instant | undefined {
  const seen = newest && earlier(newest, startedAt);
  const known = before !== undefined && isAhead(before, startedAt) ? startedAt : before;
  return known !== undefined && seen !== undefined ? later(known, seen) : (seen ?? known);
}

/**
 * Returns where a later run can continue if this run is interrupted.
 * @param unread the page keys that have not been read
 * @returns undefined if the later run must start over
 */
export function progressMarkers(
  unread: readonly UnreadKeys[] = [],
  unusable: readonly string[],
  { plan, startedAt, newest }: ReadSoFar,
): ProgressMarkers | undefined {
  const { endpoint, method, isComplete, range, version } = plan;
  const [first, ...others] = unread;
  if (!first || method !== 'incremental') return undefined;
  return {
    path: endpoint.path,
    ...unreadMarkers([first, ...others]),
    started_at: startedAt,
    complete: isComplete,
    ...range,
    ...(version !== undefined && { version }),
    ...(newest !== undefined && { newest }),
    ...(unusable.length > 0 && { unusable: unusable.join() }),
    read_with_hash: hashOf(plan.readWith),
  };
}
