import { tables, type TableName } from '@exact-spotter/schema';
import {
  compareInstants,
  type Instant,
  milliseconds,
  readReplication,
  type ReplicationMethod,
  shiftInstant,
} from '@exact-spotter/singer';
import { millisecondsInDay } from 'date-fns/constants';
import type { SelectedEndpoint } from '../catalog.ts';
import type { Endpoint } from '../endpoints.ts';
import type { PlanSettings } from './plan-settings.ts';
import { isRefreshDue, readFrom } from '../state/bookmarks.ts';
import type { DateRange } from './date-range.ts';
import { earlierReads, type EarlierReads } from './earlier-reads.ts';
import { currentReadWith, lacksSomething, type ReadWith } from '../state/read-with.ts';
import { resumedRead } from './resume.ts';
import { coverage, startBefore, type Coverage } from './start-date.ts';
import type { Bookmark, ProgressMarkers, State } from '../state/state.ts';

/** One read of an endpoint, from its first page to its last. */
export interface ReadPlan extends Coverage {
  /** The endpoint whose pages are requested: the last of `endpoints`. */
  readonly endpoint: Endpoint;
  /** The endpoints that the read serves. */
  readonly endpoints: readonly SelectedEndpoint[];
  readonly method: ReplicationMethod;
  /**
   * True if every row from the start date on is read, so that missing rows must have been deleted.
   */
  readonly isComplete: boolean;
  readonly range: DateRange;
  readonly startedAt: Instant;
  /** The new version of the streams' rows; missing if their version does not change. */
  readonly version?: number;
  /** The version of the rows to send, by stream. */
  readonly versions: ReadonlyMap<TableName, number>;
  /** What the streams are read with. */
  readonly readWith: ReadonlyMap<TableName, ReadWith>;
  /** The progress of the interrupted read that this read resumes. */
  readonly resumed?: ProgressMarkers;
  /**
   * True if the server is not asked to filter by date, so that it sends the rows without a date as
   * well. Rows outside the range are dropped.
   */
  readonly isUnfiltered: boolean;
  /**
   * True if the rows without a date have to be requested separately, because the date filter excludes
   * them on the server.
   */
  readonly includesUndated: boolean;
  readonly earlier: EarlierReads;
  /**
   * True if the start date has become earlier, so that the read fetches only the rows between the two
   * start dates. Another read follows.
   */
  readonly isBackfill: boolean;
}

/**
 * Plans the read of endpoints that share their rows: from the first page, or from where an earlier
 * run was interrupted.
 * @param now the start of the read; rows dated later do not count as read
 */
export function planRead(
  endpoints: readonly SelectedEndpoint[],
  state: State,
  settings: PlanSettings,
  now: Instant,
): ReadPlan {
  const endpoint = endpoints.at(-1)?.endpoint;
  if (!endpoint) throw new Error('A read needs at least one endpoint.');
  const method = readReplication(tables[endpoint.stream])?.method ?? 'full';
  const streams = endpoints.flatMap((selected) => selected.streams);
  const bookmarks = streams.map(({ stream }) => state.bookmark(stream));
  const readWith = currentReadWith(endpoints, settings.readWith);
  const isLacking = [...readWith].some(([stream, current]) =>
    lacksSomething(state.bookmark(stream).read_with, current),
  );
  const how =
    resumedRead(endpoint, method, bookmarks, readWith, now) ??
    newRead(
      endpoint,
      method,
      isLacking || streams.some(({ isFullTable }) => isFullTable),
      bookmarks,
      settings,
      now,
    );
  const versions = streams.flatMap(({ stream }) => {
    const version = how.version ?? state.bookmark(stream).version;
    return version === undefined ? [] : [[stream, version] as const];
  });
  return {
    ...{ endpoint, endpoints, method, versions: new Map(versions), readWith },
    earlier: earlierReads(bookmarks, how),
    ...undatedRows(endpoint, method, how, settings),
    ...how,
    ...coverage(method, { ...how, isLacking }, bookmarks, settings.coveredFrom),
  };
}

/**
 * Decides how the rows without a date are read. A complete read of everything needs no date filter,
 * unless the server hides rows without one.
 */
function undatedRows(
  { date, hidesWithoutDate }: Endpoint,
  method: ReplicationMethod,
  { isComplete, range }: HowToRead,
  { isFromTheBeginning }: PlanSettings,
): Pick<ReadPlan, 'isUnfiltered' | 'includesUndated'> {
  const isOptional = date?.isOptional === true && hidesWithoutDate !== true;
  const isUnfiltered = isComplete && isOptional && isFromTheBeginning;
  const isDue = isComplete || (method === 'window' && isOptional);
  return { isUnfiltered, includesUndated: isDue && !isUnfiltered && range.from !== undefined };
}

type HowToRead = Pick<
  ReadPlan,
  'isComplete' | 'isBackfill' | 'range' | 'startedAt' | 'version' | 'resumed'
>;

function newRead(
  endpoint: Endpoint,
  method: ReplicationMethod,
  isCompleteWanted: boolean,
  bookmarks: readonly Bookmark[],
  settings: PlanSettings,
  now: Instant,
): HowToRead {
  const isComplete =
    method === 'full' ||
    isCompleteWanted ||
    bookmarks.some((bookmark) => isRefreshDue(bookmark, settings.fullRefreshDays, now));
  const before = startBefore(bookmarks);
  const isBackfill =
    !isComplete && before !== undefined && compareInstants(settings.coveredFrom, before) < 0;
  const { from } = rangeOf(endpoint, method, true, bookmarks, settings, now);
  return {
    isComplete,
    isBackfill,
    range: isBackfill
      ? { ...(from !== undefined && { from }), to: before }
      : rangeOf(endpoint, method, isComplete, bookmarks, settings, now),
    startedAt: now,
    ...((isComplete || method === 'window') && { version: nextVersion(bookmarks, now) }),
  };
}

function rangeOf(
  endpoint: Endpoint,
  method: ReplicationMethod,
  isComplete: boolean,
  bookmarks: readonly Bookmark[],
  settings: PlanSettings,
  now: Instant,
): DateRange {
  if (method === 'full') return {};
  const from = isComplete
    ? settings.startDate
    : readFrom(bookmarks, daysBefore(endpoint, method, settings), settings.startDate, now);
  if (method === 'window')
    return { from, to: shiftInstant(now, settings.futureDays * millisecondsInDay) };
  return settings.isFromTheBeginning && from === settings.startDate ? {} : { from };
}

/**
 * Returns how many days before its bookmark a stream is read again. Rows may be entered late, and
 * each endpoint declares how late; the setting can only lengthen that, except that 0 turns it off.
 */
function daysBefore(
  { lateDays = 1 }: Endpoint,
  method: ReplicationMethod,
  { lookbackDays, pastDays }: PlanSettings,
): number {
  if (method === 'window') return pastDays;
  return lookbackDays === 0 ? 0 : Math.max(lateDays, lookbackDays ?? 0);
}

/** Returns the start in milliseconds, or a higher number if an earlier version is not lower. */
function nextVersion(bookmarks: readonly Bookmark[], now: Instant): number {
  return Math.max(milliseconds(now), ...bookmarks.map(({ version = 0 }) => version + 1));
}
