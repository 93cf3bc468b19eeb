import {
  readReplication,
  tables,
  type ReplicationMethod,
  type TableName,
} from '@exact-spotter/schema';
import type { DateRange } from './date-range.ts';
import {
  compareInstants,
  DAY,
  earlier,
  isAhead,
  later,
  milliseconds,
  shift,
  type Instant,
} from './instant.ts';
import type { SelectedStream } from './select.ts';
import type { Bookmark, ProgressMarkers, State } from './state.ts';
import { sets, type SetLiteral } from './streams.ts';

/** The streams that one set feeds. */
export interface Feed {
  readonly set: SetLiteral;
  readonly streams: readonly SelectedStream[];
}

/** One read of a set, from its first page to its last. */
export interface ReadPlan {
  /** The set whose pages are read: the last of the feeds. */
  readonly set: SetLiteral;
  readonly feeds: readonly Feed[];
  readonly method: ReplicationMethod;
  /** Everything from the start date on, so that what does not come is gone. */
  readonly isComplete: boolean;
  readonly range: DateRange;
  readonly startedAt: Instant;
  /** A new one for the streams' rows; where it is missing they go on with the one they have. */
  readonly version?: number;
  /** What an earlier run had read of it already. */
  readonly progress?: ProgressMarkers;
}

/** The settings that a plan depends on. */
export interface PlanSettings {
  readonly startDate: Instant;
  /** No row is older than the start date, so that there is no need to ask for it. */
  readonly isFromTheBeginning: boolean;
  readonly pastDays: number;
  readonly futureDays: number;
  readonly fullRefreshDays: number;
  readonly lookbackDays: number;
}

/** What the selected streams are fed by, in the order of reading; sets that can share one read together. */
export function feedGroups(selected: ReadonlyMap<TableName, SelectedStream>): Feed[][] {
  const feeds = sets.map((set) => ({ set, streams: streamsOf(set, selected) }));
  const needed = feeds.filter(({ streams }) => streams.length > 0);
  return needed.flatMap((feed) => {
    const wider = needed.find(({ set }) => set.path === feed.set.within);
    if (wider) return [[feed, wider]];
    return needed.some(({ set }) => set.within === feed.set.path) ? [] : [[feed]];
  });
}

function streamsOf(
  { stream, children = [] }: SetLiteral,
  selected: ReadonlyMap<TableName, SelectedStream>,
): SelectedStream[] {
  return [stream, ...children.map((child) => child.stream)].flatMap(
    (name) => selected.get(name) ?? [],
  );
}

/**
 * What to read of a group of feeds: from the first page, or on from where an earlier run was broken off.
 * @param now the start of the read; nothing that is dated later is taken as read
 */
export function planRead(
  feeds: readonly Feed[],
  state: State,
  settings: PlanSettings,
  now: Instant,
): ReadPlan {
  const set = feeds.at(-1)?.set;
  if (!set) throw new Error('a read without a set');
  const method = readReplication(tables[set.stream])?.method ?? 'full';
  const streams = feeds.flatMap((feed) => feed.streams);
  const bookmarks = streams.map(({ stream }) => state.bookmark(stream));
  const progress = resumable(set, method, bookmarks, now);
  if (progress) return resumed(set, feeds, method, progress);
  const isComplete =
    method === 'full' ||
    streams.some(({ isFullTable }) => isFullTable) ||
    bookmarks.some((bookmark) => isRefreshDue(bookmark, settings, now));
  return {
    set,
    feeds,
    method,
    isComplete,
    range: range(method, isComplete, bookmarks, settings, now),
    startedAt: now,
    ...((isComplete || method === 'window') && { version: nextVersion(bookmarks, now) }),
  };
}

/**
 * Where to go on: only where all streams of the read stand at the same place, and the read was not
 * ended since. Only an incremental read goes on, however old it is, since what changed behind it is
 * read after it. The rest of a full or window read would not fit to its beginning.
 */
function resumable(
  set: SetLiteral,
  method: ReplicationMethod,
  bookmarks: readonly Bookmark[],
  now: Instant,
): ProgressMarkers | undefined {
  const markers = bookmarks[0]?.progress_markers;
  if (method !== 'incremental' || markers?.path !== set.path) return undefined;
  if (isAhead(markers.started_at, now)) return undefined;
  const text = JSON.stringify(markers);
  const stand = bookmarks.every(
    ({ progress_markers: other, read_at: readAt }) =>
      JSON.stringify(other) === text &&
      (readAt === undefined || compareInstants(markers.started_at, readAt) > 0),
  );
  return stand ? markers : undefined;
}

function resumed(
  set: SetLiteral,
  feeds: readonly Feed[],
  method: ReplicationMethod,
  progress: ProgressMarkers,
): ReadPlan {
  const { from, to, started_at: startedAt, complete: isComplete, version } = progress;
  return {
    set,
    feeds,
    method,
    isComplete,
    range: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
    startedAt,
    ...(version !== undefined && { version }),
    progress,
  };
}

/** A stream that was never read whole, or not for long. A bookmark of unknown age counts from now. */
function isRefreshDue(
  bookmark: Bookmark,
  { fullRefreshDays }: PlanSettings,
  now: Instant,
): boolean {
  const { replication_key_value: value, full_read_at: fullReadAt } = bookmark;
  if ([value, fullReadAt].some((date) => date !== undefined && isAhead(date, now))) return true;
  if (fullReadAt === undefined) return value === undefined;
  if (fullRefreshDays === 0) return false;
  return compareInstants(shift(fullReadAt, fullRefreshDays * DAY), now) <= 0;
}

function range(
  method: ReplicationMethod,
  isComplete: boolean,
  bookmarks: readonly Bookmark[],
  settings: PlanSettings,
  now: Instant,
): DateRange {
  if (method === 'full') return {};
  const from = isComplete ? settings.startDate : since(method, bookmarks, settings, now);
  if (method === 'window') return { from, to: shift(now, settings.futureDays * DAY) };
  return settings.isFromTheBeginning && from === settings.startDate ? {} : { from };
}

/** The earliest bookmark less the days that are read again; not before the start date. */
function since(
  method: ReplicationMethod,
  bookmarks: readonly Bookmark[],
  { startDate, lookbackDays, pastDays }: PlanSettings,
  now: Instant,
): Instant {
  const values = bookmarks.map(({ replication_key_value: value }) =>
    value === undefined ? startDate : earlier(value, now),
  );
  const days = method === 'window' ? pastDays : lookbackDays;
  return later(startDate, shift(values.reduce(earlier), -days * DAY));
}

/** Milliseconds of the start, and always more than any version before. */
function nextVersion(bookmarks: readonly Bookmark[], now: Instant): number {
  return Math.max(milliseconds(now), ...bookmarks.map(({ version = 0 }) => version + 1));
}
