import { isTableName, type TableName } from '@exact-spotter/schema';
import {
  compareInstants,
  isObject,
  log,
  SettingsError,
  type Instant,
  type JsonRecord,
  type JsonValue,
} from '@exact-spotter/singer';
import { replicationKey } from '../catalog.ts';
import { Timezone } from '../rows/timezone.ts';
import { parseReadWith } from './read-with.ts';
import { versionProblem } from './state-version.ts';
import { State, type Bookmark, type ProgressMarkers } from './state.ts';

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
  const { completed, partial } = given;
  if (!('bookmarks' in given) && isObject(completed ?? partial)) {
    return [completed, partial]
      .flatMap((part) => (isObject(part) ? [unwrap(part)] : []))
      .reduce(merged);
  }
  for (const wrapping of ['value', 'singer_state', 'state']) {
    const inner = given[wrapping];
    if (!('bookmarks' in given) && isObject(inner)) return unwrap(inner);
  }
  return given;
}

/** Merges a partial state into a complete one, member by member. */
function merged(complete: JsonRecord, partial: JsonRecord): JsonRecord {
  const members = Object.entries(partial).map(([name, value]) => {
    const before = complete[name];
    return [name, isObject(before) && isObject(value) ? merged(before, value) : value];
  });
  return { ...complete, ...(Object.fromEntries(members) as JsonRecord) };
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
  const progress = latestProgress(members);
  const readWith = parseReadWith(members['read_with']);
  return {
    ...(key !== undefined && { replication_key: key }),
    ...(value !== undefined && { replication_key_value: value }),
    ...instantMember(members, 'read_at'),
    ...instantMember(members, 'full_read_at'),
    ...incompleteReadAt(members),
    ...(typeof members['longest_page'] === 'number' && { longest_page: members['longest_page'] }),
    ...(typeof members['rows_read'] === 'number' && { rows_read: members['rows_read'] }),
    ...(typeof members['count_proven'] === 'boolean' && { count_proven: members['count_proven'] }),
    ...(typeof members['version'] === 'number' && { version: members['version'] }),
    ...(readWith && { read_with: readWith }),
    ...(progress && { progress }),
  };
}

const utc = new Timezone('UTC');

/** @returns null if the value is not a date */
function toInstant(value: JsonValue): Instant | null {
  return (typeof value === 'string' ? utc.toInstant(value, 'utc') : undefined) ?? null;
}

/** A merged state may have an incomplete read that a complete one has followed. */
function incompleteReadAt(members: JsonRecord): Pick<Bookmark, 'incomplete_read_at'> {
  const [incomplete, full] = [members['incomplete_read_at'], members['full_read_at']].map((value) =>
    toInstant(value ?? null),
  );
  if (!incomplete) return {};
  return full && compareInstants(full, incomplete) >= 0 ? {} : { incomplete_read_at: incomplete };
}

function instantMember(
  members: Readonly<Record<string, JsonValue>>,
  name: 'read_at' | 'full_read_at' | 'from' | 'to' | 'newest',
): Readonly<Record<string, Instant>> {
  const value = toInstant(members[name] ?? null);
  return value === null ? {} : { [name]: value };
}

/**
 * Returns the markers of the latest read. A merged state may also have the markers of earlier reads,
 * and those that an earlier version wrote to another member.
 */
function latestProgress(members: JsonRecord): ProgressMarkers | undefined {
  const { progress, progress_markers: earlierVersion } = members;
  const all = [earlierVersion ?? null, ...(isObject(progress) ? Object.values(progress) : [])];
  return all
    .flatMap((markers) => toMarkers(markers) ?? [])
    .sort((one, other) => compareInstants(other.started_at, one.started_at))[0];
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
    ...(typeof ranges === 'string' && { ranges }),
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
