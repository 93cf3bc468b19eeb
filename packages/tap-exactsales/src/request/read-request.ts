import type { Client } from '../api/client.ts';
import type { ApiPage, ApiRow } from '../api/odata.ts';
import type { Endpoint } from '../endpoints.ts';
import { EVERYTHING, type DateFilter } from '../plan/date-range.ts';
import { SOME_ROWS, type EarlierReads } from '../plan/earlier-reads.ts';
import { ServerLimits } from './server-limits.ts';

/** What the requests of a read have in common. */
export interface ReadRequest {
  readonly endpoint: Endpoint;
  readonly limits: ServerLimits;
  readonly dates: DateFilter;
  /** Members to request (default: all). */
  readonly select?: readonly string[];
  /** A clause that every request of the read has. The read fails if the server rejects it. */
  readonly slice?: string;
  /** What earlier runs found in the set (default: nothing is known). */
  readonly earlier?: EarlierReads;
}

/** Reads all pages of a request. */
export type ReadPages = (client: Client, request: ReadRequest) => AsyncGenerator<Page>;

/**
 * Returns a request for all rows of a set, without a date filter.
 * @param select the members to request (default: all)
 */
export function wholeSet(
  endpoint: Endpoint,
  pageSize: number,
  select?: readonly string[],
): ReadRequest {
  const limits = new ServerLimits(endpoint.path, pageSize);
  return { endpoint, limits, dates: EVERYTHING, earlier: SOME_ROWS, ...(select && { select }) };
}

/** The part of a query that differs from page to page. */
export interface PagePosition {
  /** A clause on the page key. */
  readonly key?: string;
  readonly orderby?: readonly string[];
  readonly skip?: number;
  readonly count: boolean;
  /** How often the page has been requested before because its answer looked wrong. */
  readonly attempt?: number;
  /** True if the read can do without the page, so that it is not examined why a request fails. */
  readonly isOptional?: boolean;
}

/** A range of page keys. It reaches to an end of the set if that bound is missing. */
export interface Keys {
  /** The last key before the range; if several rows may share a key, the first key of the range. */
  readonly after?: number | undefined;
  /** The last key of the range. */
  readonly upTo?: number | undefined;
}

/** A range of which the first page has been read, or whose first key is known. */
export interface UnreadKeys extends Keys {
  readonly after: number;
}

/** A page with the `$top` and `$skip` that were requested. */
export interface RequestedPage extends ApiPage {
  readonly top: number;
  readonly skip: number;
}

/** Rows in the order of reading. */
export interface Page {
  readonly rows: readonly ApiRow[];
  /**
   * The page keys that a later run still has to read, in no order. Missing if the later run must
   * start over.
   */
  readonly resume?: readonly UnreadKeys[];
  /** Rows of this read so far, without repetitions. */
  readonly rowsRead: number;
  /** Rows of the whole read; undefined if the server does not say. */
  readonly total?: number | undefined;
  readonly isLast: boolean;
  /**
   * False if rows may be missing: rows moved during a read by offset, or the server does not send rows
   * that follow.
   */
  readonly isSure: boolean;
}
