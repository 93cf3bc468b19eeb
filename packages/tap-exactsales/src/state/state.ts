import type { TableName } from '@exact-spotter/schema';
import { milliseconds, type Instant, type JsonValue } from '@exact-spotter/singer';
import type { ReadWith } from './read-with.ts';
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
  /** When the last successful read began. */
  readonly read_at?: Instant;
  /** When the last complete read began. */
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
  /** The progress of the read that is running or was interrupted. */
  readonly progress?: ProgressMarkers | undefined;
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

  /**
   * The value of a STATE message. Programs that merge states do so member by member. So the markers
   * of a read are under its version, and no member is sometimes an object and sometimes not.
   */
  value(): object {
    const bookmarks = [...this.#bookmarks].map(
      ([stream, { progress, ...bookmark }]) =>
        [
          stream,
          { ...bookmark, progress: progress ? { [nameOf(progress)]: progress } : {} },
        ] as const,
    );
    return { bookmarks: { ...this.#unknown, ...Object.fromEntries(bookmarks) } };
  }
}

/** Returns the name of a read in the state: its version, or its start if it has no version. */
function nameOf({ version, started_at: startedAt }: ProgressMarkers): string {
  return String(version ?? milliseconds(startedAt));
}
