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

/** How far a read had come that was broken off. */
export interface ProgressMarkers {
  /** The set that was read, and the page key to go on behind. */
  readonly path: string;
  readonly after: number;
  readonly started_at: Instant;
  readonly complete: boolean;
  readonly from?: Instant;
  readonly to?: Instant;
  readonly version?: number;
  /** The latest date among the rows so far. */
  readonly newest?: Instant;
}

/** Where one stream stands. */
export interface Bookmark {
  readonly replication_key?: string;
  readonly replication_key_value?: Instant;
  /** The version that the stream's rows bear since its last complete read. */
  readonly version?: number;
  /** Start of the last read that ended well, and of the last complete one. */
  readonly read_at?: Instant;
  readonly full_read_at?: Instant;
  /** Null once the read has ended: whoever merges states must not keep an older one's. */
  readonly progress_markers?: ProgressMarkers | null;
}

/** The bookmarks of every stream, and the STATE value that says them. */
export class State {
  readonly #bookmarks = new Map<TableName, Bookmark>();
  /** Bookmarks of streams that this version does not have: they are passed on as they came. */
  readonly #foreign: Record<string, JsonValue> = {};

  bookmark(stream: TableName): Bookmark {
    return this.#bookmarks.get(stream) ?? {};
  }

  set(stream: TableName, bookmark: Bookmark): void {
    this.#bookmarks.set(stream, bookmark);
  }

  passOn(stream: string, bookmark: JsonValue): void {
    this.#foreign[stream] = bookmark;
  }

  get isEmpty(): boolean {
    return this.#bookmarks.size === 0;
  }

  /** The value of a STATE message. */
  value(): object {
    return { bookmarks: { ...this.#foreign, ...Object.fromEntries(this.#bookmarks) } };
  }
}

/**
 * Reads what was given with `--state`: the value of a STATE message of this tap, or the whole
 * message, or what Meltano keeps.
 * @throws SettingsError for a state of another shape: starting over unasked would be worse
 */
export function parseState(given: JsonRecord, file: string): State {
  const state = new State();
  const value = unwrap(given);
  const bookmarks = value['bookmarks'];
  if (Object.keys(value).length === 0) return state;
  if (!isObject(bookmarks)) throw notOurs(file, 'it has no "bookmarks"');
  const entries = Object.entries(bookmarks);
  const known = entries.filter(([stream]) => isTableName(stream));
  if (entries.length > 0 && known.length === 0) throw notOurs(file, 'none of its streams is ours');
  const faults = entries.flatMap(([stream, entry]) => readEntry(state, stream, entry, file));
  if (faults.length > 0) throw new SettingsError(faults);
  return state;
}

function unwrap(given: JsonRecord): JsonRecord {
  for (const wrapping of ['value', 'singer_state', 'state']) {
    const inner = given[wrapping];
    if (!('bookmarks' in given) && isObject(inner)) return unwrap(inner);
  }
  return given;
}

function notOurs(file: string, why: string): SettingsError {
  return new SettingsError([
    `The state file ${file} is no state of this tap: ${why}; give the state of an earlier run, or {} to start from the beginning.`,
  ]);
}

/** @returns the faults of the entry */
function readEntry(state: State, stream: string, entry: JsonValue, file: string): string[] {
  if (!isTableName(stream)) {
    log.warning(`The state has a stream "${stream}", which this tap does not have.`);
    state.passOn(stream, entry);
    return [];
  }
  const bookmark = toBookmark(stream, entry);
  if (typeof bookmark === 'string') {
    return [
      `The state file ${file}, stream "${stream}": ${bookmark}; mend it, or take the stream out to read it from the beginning.`,
    ];
  }
  state.set(stream, bookmark);
  return [];
}

/** @returns the bookmark, or what is wrong with it */
function toBookmark(stream: TableName, entry: JsonValue): Bookmark | string {
  const key = replicationKey(stream);
  const members = isObject(entry) ? entry : { replication_key_value: entry };
  const said = members['replication_key'];
  if (typeof said === 'string' && key !== undefined && said !== key) {
    return `its replication key is "${said}", not "${key}"`;
  }
  // Old taps write {"stream": {"column": "date"}}.
  const written = members['replication_key_value'] ?? (key && members[key]) ?? null;
  const value = written === null ? undefined : toInstant(written);
  if (value === null) return 'its bookmark is no date as RFC 3339 writes it';
  const markers = toMarkers(members['progress_markers'] ?? null);
  return {
    ...(key !== undefined && { replication_key: key }),
    ...(value !== undefined && { replication_key_value: value }),
    ...instantMember(members, 'read_at'),
    ...instantMember(members, 'full_read_at'),
    ...(typeof members['version'] === 'number' && { version: members['version'] }),
    ...(markers && { progress_markers: markers }),
  };
}

const utc = new Timezone('UTC');

/** Null for what is no date. */
function toInstant(value: JsonValue): Instant | null {
  return (typeof value === 'string' ? utc.toInstant(value, 'utc') : undefined) ?? null;
}

function instantMember(
  members: Readonly<Record<string, JsonValue>>,
  name: 'read_at' | 'full_read_at' | 'from' | 'to' | 'newest',
): Readonly<Record<string, Instant>> {
  const value = toInstant(members[name] ?? null);
  return value === null ? {} : { [name]: value };
}

/** Markers that cannot be read are no loss: the read starts over. */
function toMarkers(value: JsonValue): ProgressMarkers | undefined {
  if (!isObject(value)) return undefined;
  const { path, after, started_at: startedAt, complete, version } = value;
  const started = toInstant(startedAt ?? null);
  if (typeof path !== 'string' || typeof after !== 'number' || started === null) return undefined;
  if (typeof complete !== 'boolean') return undefined;
  return {
    path,
    after,
    started_at: started,
    complete,
    ...instantMember(value, 'from'),
    ...instantMember(value, 'to'),
    ...instantMember(value, 'newest'),
    ...(typeof version === 'number' && { version }),
  };
}
