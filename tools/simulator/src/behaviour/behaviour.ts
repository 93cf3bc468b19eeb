/** Set names (case is ignored), or all sets. */
export type Sets = readonly string[] | 'all';

/** A query option without its `$`. */
export type Option = 'filter' | 'orderby' | 'select' | 'top' | 'skip' | 'count';

/** The rate limit of the token. */
export interface QuotaRule {
  readonly requests: number;
  readonly seconds: number;
  /** The format of Retry-After: seconds, a date, no header, or a fixed number (default: `seconds`). */
  readonly retryAfter?: 'seconds' | 'date' | 'none' | number;
  /** How many seconds the clock in the response headers is ahead of this machine (default: 0). */
  readonly clockOffsetSeconds?: number;
}

/** How the server answers requests. */
export interface Behaviour {
  /**
   * When a page has an `@odata.nextLink`. With `loop`, each page links to itself; with `otherHost`,
   * to a second host. With `withoutTop`, a page has a link if there are more rows and the request
   * has no `$top`.
   */
  readonly nextLink: 'always' | 'whenMore' | 'withoutTop' | 'never' | 'loop' | 'otherHost';
  /** True if the link repeats `$top`. */
  readonly nextLinkKeepsTop: boolean;
  /** The maximum number of rows in a page, even if `$top` is higher. */
  readonly pageCap: number;
  readonly quota: QuotaRule | undefined;
  /** Requests that other integrations make with the same token, at regular intervals. */
  readonly foreignUse: { readonly requests: number; readonly seconds: number } | undefined;
  /** Milliseconds to wait before sending the headers, for all sets or per set. */
  readonly latencyMs: number | ((set: string) => number);
  /** Sets whose `@odata.count` counts only the rows in the page instead of all matching rows. */
  readonly countsPage: Sets;
  /**
   * How many seconds pages and counts of `cachedSets` are repeated for the same URL even if the
   * data has changed; 0 for no cache.
   */
  readonly cacheSeconds: number;
  readonly cachedSets: Sets;
  /**
   * For each option, the sets that answer it with status 400. `custom` means options without a `$`,
   * which are otherwise ignored.
   */
  readonly rejects: Partial<Readonly<Record<Option | 'custom', Sets>>>;
  /** For each option, the sets that silently ignore it. */
  readonly ignores: Partial<Readonly<Record<Option, Sets>>>;
  /** What happens if `$filter` contains `or`. */
  readonly orClause: 'accepted' | 'rejected';
  /** How a comparison with `null` is handled. If it is ignored, the rest of the filter applies. */
  readonly nullFilter: 'accepted' | 'rejected' | 'ignored';
  /** True if LeadsAndPersons lacks leads without persons. */
  readonly omitsLeadsWithoutPersons: boolean;
  /**
   * `wall` if the dates of callsHistory are in São Paulo wall-clock time even though they end with
   * `Z`.
   */
  readonly callsClock: 'utc' | 'wall';
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
  /**
   * Sets that take `ms` milliseconds to answer unless `$filter` restricts them to up to 100 leads
   * with `leadId in (…)` or to one field with `id eq '…'`. A filter with more leads is answered
   * with status 400. Names are spelled as in the specification.
   */
  readonly sliceOnly: Readonly<Record<string, { readonly ms: number }>>;
  /** `stable` if rows with equal `$orderby` values have the same order in every response. */
  readonly tieOrder: 'stable' | 'shuffled';
  /** True if pages are compressed for clients that accept it. */
  readonly gzip: boolean;
}

/** The real server's behaviour where it is known, otherwise the most likely behaviour. */
export const defaultBehaviour: Behaviour = {
  nextLink: 'always',
  nextLinkKeepsTop: true,
  pageCap: 500,
  quota: undefined,
  foreignUse: undefined,
  latencyMs: 0,
  countsPage: [],
  cacheSeconds: 0,
  cachedSets: 'all',
  rejects: {},
  ignores: {},
  orClause: 'accepted',
  nullFilter: 'accepted',
  omitsLeadsWithoutPersons: false,
  callsClock: 'utc',
  hiddenBoxWindow: true,
  missing: [],
  forbidden: [],
  slowSets: {},
  sliceOnly: {},
  tieOrder: 'stable',
  gzip: true,
};

/** True if `sets` includes the set, ignoring case. */
export function includes(sets: Sets | undefined, set: string): boolean {
  if (sets === undefined) return false;
  return sets === 'all' || sets.some((one) => one.toLowerCase() === set.toLowerCase());
}
