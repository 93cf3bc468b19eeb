/** Names of sets, in any letter case, or all sets. */
export type Sets = readonly string[] | 'all';

/** A query option without its `$`. */
export type Option = 'filter' | 'orderby' | 'select' | 'top' | 'skip' | 'count';

/** The rate limit of the token. */
export interface QuotaRule {
  readonly requests: number;
  readonly seconds: number;
  /** The form of Retry-After: seconds, a date, no header, or this number (default: `seconds`). */
  readonly retryAfter?: 'seconds' | 'date' | 'none' | number;
  /** How far the server's clock is ahead of this machine's, as its headers show it (default: 0). */
  readonly clockOffsetSeconds?: number;
}

/** How the server answers requests. */
export interface Behaviour {
  /** When a page has an `@odata.nextLink`; `loop` links back to the same page. */
  readonly nextLink: 'always' | 'whenMore' | 'never' | 'loop' | 'otherHost';
  /** Whether the link repeats `$top`. */
  readonly nextLinkKeepsTop: boolean;
  /** The most rows that a page may have, even if `$top` is higher. */
  readonly pageCap: number;
  readonly quota: QuotaRule | undefined;
  /** Requests that other integrations make with the same token, at regular intervals. */
  readonly foreignUse: { readonly requests: number; readonly seconds: number } | undefined;
  /** Milliseconds before the headers are sent, for all sets or by set. */
  readonly latencyMs: number | ((set: string) => number);
  /** Options that are answered with status 400, and for which sets. */
  readonly rejects: Partial<Readonly<Record<Option, Sets>>>;
  /** Options that are ignored without an error, and for which sets. */
  readonly ignores: Partial<Readonly<Record<Option, Sets>>>;
  /** Whether `$filter` may contain `or`. */
  readonly orClause: 'accepted' | 'rejected';
  /** Whether Boxes without a `$filter` hides rows older than four weeks. */
  readonly hiddenBoxWindow: boolean;
  /** Sets that answer 404. */
  readonly missing: Sets;
  /** Sets that answer 403. */
  readonly forbidden: Sets;
  /** By set, spelled as in the specification: pages of more than `rows` rows take `ms` milliseconds longer. */
  readonly slowSets: Readonly<Record<string, { readonly rows: number; readonly ms: number }>>;
  /** Whether rows that `$orderby` leaves equal have the same order in each response. */
  readonly tieOrder: 'stable' | 'shuffled';
  /** Whether pages are compressed for clients that accept it. */
  readonly gzip: boolean;
}

/** What is known of the real server; where nothing is known, what is most likely. */
export const defaultBehaviour: Behaviour = {
  nextLink: 'always',
  nextLinkKeepsTop: true,
  pageCap: 500,
  quota: undefined,
  foreignUse: undefined,
  latencyMs: 0,
  rejects: {},
  ignores: {},
  orClause: 'accepted',
  hiddenBoxWindow: true,
  missing: [],
  forbidden: [],
  slowSets: {},
  tieOrder: 'stable',
  gzip: true,
};

/** Whether `sets` includes a set, in any letter case. */
export function includes(sets: Sets | undefined, set: string): boolean {
  if (sets === undefined) return false;
  return sets === 'all' || sets.some((one) => one.toLowerCase() === set.toLowerCase());
}
