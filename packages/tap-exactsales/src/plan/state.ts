import { isTableName, type TableName } from '@exact-spotter/schema';
import {
  type Instant,
  type JsonRecord,
  type JsonValue,
  SettingsError,
  isObject,
  log,
} from '@exact-spotter/singer';
import { replicationKey } from '../catalog.ts';
import { Timezone } from '../rows/timezone.ts';
import { parseReadWith, type ReadWith } from './read-with.ts';
import { versionProblem } from './state-version.ts';
import type { UnreadMarkers } from './unread-keys.ts';

/** The progress of an interrupted read. */
export interface ProgressMarkers extends UnreadMarkers {
  /** The endpoint that was read. */
  readonly path: string;
  readonly started_at: Instant;
  readonly complete: boolean;
  readonly from?: Instant;
  readonly to?: Instant;
  readonly version?: number;
  /** The streams with rows that could not be sent so far, joined with commas. */
  readonly unusable?: string;
  /** The latest date among the rows so far. */
  readonly newest?: Instant;
  /** A hash of what the read's streams are read with; missing in states of earlier versions. */
  readonly read_with_hash?: string;
}

/** How far a stream has been read. */
export interface Bookmark {
  readonly replication_key?: string;
  readonly replication_key_value?: Instant;
  /** The version of the stream's rows since its last complete read. */
  readonly version?: number;
  /** When the last successful read and the last complete read began. */
  readonly read_at?: Instant;
  readonly full_read_at?: Instant;
  /** The most rows that a page of the endpoint had. If it is above 0, the set had rows before. */
  readonly longest_page?: number;
  /** True if a count exceeded its page, so that counts cover the set. */
  readonly count_proven?: boolean;
  /** The rows of the last complete read. */
  readonly rows_read?: number;
  /** When the last complete read began that could not send every row. */
  readonly incomplete_read_at?: Instant;
  /** What the rows so far were read with; missing in states of earlier versions. */
  readonly read_with?: ReadWith;
  /** Null once the read has ended, so that merging states does not keep older markers. */
  readonly progress_markers?: ProgressMarkers | null;
}

/** The bookmarks of all streams, as a STATE message holds them. */
export class State {
  readonly #bookmarks = new Map<TableName, Bookmark>();
  /** Bookmarks of streams that this version does not have. They are written back unchanged. */
  readonly #unknown: Record<string, JsonValue> = {};

  bookmark(stream: TableName): Bookmark {
    return this.#bookmarks.get(stream) ?? {};
  }

  set(stream: TableName, bookmark: Bookmark): void {
    this.#bookmarks.set(stream, bookmark);
  }

  keep(stream: string, bookmark: JsonValue): void {
    this.#unknown[stream] = bookmark;
  }

  get isEmpty(): boolean {
    return this.#bookmarks.size === 0;
  }

  /** The value of a STATE message. */
  value(): object {
    return { bookmarks: { ...this.#unknown, ...Object.fromEntries(this.#bookmarks) } };
  }
}

/**
 * Reads the content of the `--state` file: the value of a STATE message of this tap, the whole
 * message, or what Meltano stores.
 * @throws SettingsError if the content has another shape, because starting over without being asked
 * would be worse
 */
export function parseState(given: JsonRecord, file: string): State {
  const state = new State();
  const value = unwrap(given);
  const bookmarks = value['bookmarks'];
  if (Object.keys(value).length === 0) return state;
  if (!isObject(bookmarks)) throw foreignState(file, 'it has no "bookmarks"');
  const entries = Object.entries(bookmarks);
  const known = entries.filter(([stream]) => isTableName(stream));
  if (entries.length > 0 && known.length === 0)
    throw foreignState(file, "it has none of this tap's streams");
  const problems = entries.flatMap(([stream, entry]) => readEntry(state, stream, entry, file));
  if (problems.length > 0) throw new SettingsError(problems);
  return state;
}

function unwrap(given: JsonRecord): JsonRecord {
  for (const wrapping of ['value', 'singer_state', 'state']) {
    const inner = given[wrapping];
    if (!('bookmarks' in given) && isObject(inner)) return unwrap(inner);
  }
  return given;
}

function foreignState(file: string, why: string): SettingsError {
  return new SettingsError([
    `The state file ${file} is not a state of this tap: ${why}; use the state of an earlier run, or {} to start from the beginning.`,
  ]);
}

/** @returns the problems of the entry */
function readEntry(state: State, stream: string, entry: JsonValue, file: string): string[] {
  if (!isTableName(stream)) {
    log.warning(
      `The state has a stream "${stream}", which this tap does not have; its bookmark is kept.`,
    );
    state.keep(stream, entry);
    return [];
  }
  const bookmark = versionProblem(entry) ?? toBookmark(stream, entry);
  if (typeof bookmark === 'string') {
    return [
      `The state file ${file}, stream "${stream}": ${bookmark}; correct it, or remove the stream to read it from the beginning.`,
    ];
  }
  state.set(stream, bookmark);
  return [];
}

/** @returns the bookmark, or what is wrong with it */
function toBookmark(stream: TableName, entry: JsonValue): Bookmark | string {
  const key = replicationKey(stream);
  const members = isObject(entry) ? entry : { replication_key_value: entry };
  const named = members['replication_key'];
  if (typeof named === 'string' && key !== undefined && named !== key) {
    return `its replication key is "${named}", not "${key}"`;
  }
  // Older taps write {"stream": {"column": "date"}}.
  const written = members['replication_key_value'] ?? (key && members[key]) ?? null;
  const value = written === null ? undefined : toInstant(written);
  if (value === null) return 'its bookmark is not an RFC 3339 date';
  const markers = toMarkers(members['progress_markers'] ?? null);
  const readWith = parseReadWith(members['read_with']);
  return {
    ...(key !== undefined && { replication_key: key }),
    ...(value !== undefined && { replication_key_value: value }),
    ...instantMember(members, 'read_at'),
    ...instantMember(members, 'full_read_at'),
    ...instantMember(members, 'incomplete_read_at'),
    ...(typeof members['longest_page'] === 'number' && { longest_page: members['longest_page'] }),
    ...(typeof members['rows_read'] === 'number' && { rows_read: members['rows_read'] }),
    ...(typeof members['count_proven'] === 'boolean' && { count_proven: members['count_proven'] }),
    ...(typeof members['version'] === 'number' && { version: members['version'] }),
    ...(readWith && { read_with: readWith }),
    ...(markers && { progress_markers: markers }),
  };
}

const utc = new Timezone('UTC');

/** @returns null if the value is not a date */
function toInstant(value: JsonValue): Instant | null {
  return (typeof value === 'string' ? utc.toInstant(value, 'utc') : undefined) ?? null;
}

function instantMember(
  members: Readonly<Record<string, JsonValue>>,
  name: 'read_at' | 'full_read_at' | 'incomplete_read_at' | 'from' | 'to' | 'newest',
): Readonly<Record<string, Instant>> {
  const value = toInstant(members[name] ?? null);
  return value === null ? {} : { [name]: value };
}

/** Ignores markers that cannot be read: the read then starts over. */
function toMarkers(value: JsonValue): ProgressMarkers | undefined {
  if (!isObject(value)) return undefined;
  const {
    path,
    after,
    started_at: startedAt,
    complete,
    version,
    unusable,
    read_with_hash: hash,
    ranges,
  } = value;
  const started = toInstant(startedAt ?? null);
  if (typeof path !== 'string' || typeof after !== 'number' || started === null) return undefined;
  if (typeof complete !== 'boolean') return undefined;
  return {
    path,
    after,
    ...(isObject(ranges) && { ranges: textsIn(ranges) }),
    started_at: started,
    complete,
    ...instantMember(value, 'from'),
    ...instantMember(value, 'to'),
    ...instantMember(value, 'newest'),
    ...(typeof unusable === 'string' && { unusable }),
    ...(typeof version === 'number' && { version }),
    ...(typeof hash === 'string' && { read_with_hash: hash }),
  };
}

function textsIn(members: JsonRecord): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}
