/** Set names, ignoring case, or all sets. */
export type Sets = readonly string[] | 'all';

/** A query option without its `$`. */
export type Option = 'filter' | 'orderby' | 'select' | 'top' | 'skip' | 'count';

/** The rate limit of the token. */
export interface QuotaRule {
  readonly requests: number;
  readonly seconds: number;
  /** The format of Retry-After: seconds, a date, no header, or a fixed number (default: `seconds`). */
  readonly retryAfter?: 'seconds' | 'date' | 'none' | number;
  /** How far the clock in the response headers is ahead of this machine's clock (default: 0). */
  readonly clockOffsetSeconds?: number;
}

/** How the server answers requests. */
export interface Behaviour {
  /** When a page has an `@odata.nextLink`. With `loop`, it links to the same page again. */
  readonly nextLink: 'always' | 'whenMore' | 'never' | 'loop' | 'otherHost';
  /** True if the link repeats `$top`. */
  readonly nextLinkKeepsTop: boolean;
  /** The maximum number of rows in a page, even if `$top` is higher. */
  readonly pageCap: number;
  readonly quota: QuotaRule | undefined;
  /** Requests that other integrations make with the same token, at regular intervals. */
  readonly foreignUse: { readonly requests: number; readonly seconds: number } | undefined;
  /** Milliseconds to wait before sending the headers, for all sets or per set. */
  readonly latencyMs: number | ((set: string) => number);
  /** The sets for which each option is answered with status 400. */
  readonly rejects: Partial<Readonly<Record<Option, Sets>>>;
  /** The sets for which each option is silently ignored. */
  readonly ignores: Partial<Readonly<Record<Option, Sets>>>;
  /** What happens if `$filter` contains `or`. */
  readonly orClause: 'accepted' | 'rejected';
  /** True if Boxes hides rows older than four weeks unless the request has a `$filter`. */
  readonly hiddenBoxWindow: boolean;
  /** Sets that answer 404. */
  readonly missing: Sets;
  /** Sets that answer 403. */
  readonly forbidden: Sets;
  /**
   * Sets whose pages take `ms` milliseconds longer if they have more than `rows` rows. Names are
   * spelled as in the specification.
   */
  readonly slowSets: Readonly<Record<string, { readonly rows: number; readonly ms: number }>>;
  /** Whether rows with equal `$orderby` values have the same order in every response. */
  readonly tieOrder: 'stable' | 'shuffled';
  /** True if pages are compressed for clients that accept it. */
  readonly gzip: boolean;
}

/** Behaves like the real server as far as that is known; the rest is the most likely behaviour. */
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

/** True if `sets` includes the set, ignoring case. */
export function includes(sets: Sets | undefined, set: string): boolean {
  if (sets === undefined) return false;
  return sets === 'all' || sets.some((one) => one.toLowerCase() === set.toLowerCase());
}
