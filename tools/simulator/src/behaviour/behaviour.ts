/** Names of sets, in the specification's spelling; or every set. */
export type Sets = readonly string[] | 'all';

export type Option = 'filter' | 'orderby' | 'select' | 'top' | 'skip' | 'count';

export interface QuotaRule {
  readonly requests: number;
  readonly seconds: number;
  /** What a 429 says of the time to wait: in seconds, as a date, not at all, or this very number. */
  readonly retryAfter?: 'seconds' | 'date' | 'none' | number;
  /** How far the server's clock, seen in its dates, is ahead of ours. */
  readonly clockOffsetSeconds?: number;
}

/** How the server answers; what a request asks for does not change it. */
export interface Behaviour {
  /** Where `@odata.nextLink` stands, and where it points. */
  readonly nextLink: 'always' | 'whenMore' | 'never' | 'loop' | 'otherHost';
  readonly nextLinkKeepsTop: boolean;
  /** Rows in a page at most, whatever `$top` says. */
  readonly pageCap: number;
  readonly quota: QuotaRule | undefined;
  /** Requests that other integrations make out of the same budget, evenly. */
  readonly foreignUse: { readonly requests: number; readonly seconds: number } | undefined;
  /** Before the headers: milliseconds, or milliseconds for a set. */
  readonly latencyMs: number | ((set: string) => number);
  /** Options that are answered with 400. */
  readonly rejects: Partial<Readonly<Record<Option, Sets>>>;
  /** Options that are passed over without a word. */
  readonly ignores: Partial<Readonly<Record<Option, Sets>>>;
  readonly orClause: 'accepted' | 'rejected';
  /** Boxes older than four weeks are not shown unless there is a `$filter`. */
  readonly hiddenBoxWindow: boolean;
  /** Sets that answer 404, and 403. */
  readonly missing: Sets;
  readonly forbidden: Sets;
  /** Pages of more than so many rows take so many milliseconds longer. */
  readonly slowSets: Readonly<Record<string, { readonly rows: number; readonly ms: number }>>;
  /** Whether rows with equal keys come in the same order each time. */
  readonly tieOrder: 'stable' | 'shuffled';
  /** Whether pages are compressed for those who accept it. */
  readonly gzip: boolean;
}

/** What the specification has evidence for, or what is likelier where it has none. */
export const likelyBehaviour: Behaviour = {
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

/** Whether a set is among those named, in any letter case. */
export function includes(sets: Sets | undefined, set: string): boolean {
  if (sets === undefined) return false;
  return sets === 'all' || sets.some((one) => one.toLowerCase() === set.toLowerCase());
}
