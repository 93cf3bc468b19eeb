/**
 * How an option of a query is met. `ignored`: the answer is as if it had not been asked for.
 * `refused`: 400. `failed`: no usable answer. `finds nothing`: rows that are there do not come.
 * `not told`: the set has too few rows to see it by.
 */
export type Verdict = 'yes' | 'ignored' | 'refused' | 'failed' | 'finds nothing' | 'not told';

/** Where a page has a link to the next one. */
export type LinkPlace =
  | 'always'
  | 'when more follows'
  | 'at least when more follows'
  | 'never'
  | 'not on a last page'
  | 'irregularly'
  | 'not told';

export interface LinkFinding {
  readonly stands: LinkPlace;
  /** Whether it repeats the `$top` of the request; null where there is no link. */
  readonly keeps_top: boolean | null;
  readonly leads_to_another_host: boolean;
  /** It does not lead past the page it stands on. */
  readonly leads_back: boolean;
}

export interface PageFinding {
  /** Rows that were asked for. */
  readonly asked: number;
  /** Rows that were asked for in the end: fewer where the answer did not come in time. */
  readonly asked_in_time: number;
  /** Rows that came. */
  readonly rows: number;
  /** Rows in a page at most; null where all rows fit into one. */
  readonly cap: number | null;
  readonly milliseconds: number;
}

/** What the rows of a page show of the columns. Names only. */
export interface FieldFinding {
  /** Members that no column holds. */
  readonly unknown: readonly string[];
  /** Columns whose member no row bears, as `stream.column`. */
  readonly missing: readonly string[];
  /** Columns that may stand under several names: those that the rows bear. */
  readonly spellings: Readonly<Record<string, readonly string[]>>;
  /** Date-times of which no zone is documented: the suffixes they bear, `none` for none. */
  readonly zones: Readonly<Record<string, readonly string[]>>;
  /** Columns that are made of a list: what its elements are. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  /** Columns that got a value of another kind than they hold. */
  readonly misfits: readonly string[];
  readonly rows_without_key: number;
}

/** A set as it answered. */
export interface ReachableSet {
  readonly set: string;
  readonly streams: readonly string[];
  readonly reachable: true;
  /** What `/<Set>/$count` says; null where it says nothing. */
  readonly rows: number | null;
  readonly count_inline: Verdict | 'another number';
  /** Null for a set without a date to filter by. */
  readonly date_filter: Verdict | null;
  readonly key_filter: Verdict;
  readonly and: Verdict;
  readonly order: Verdict;
  /** Whether rows that share a key come in the same order twice. */
  readonly ties: 'steady' | 'changing' | 'not told';
  readonly select: Verdict;
  readonly top: Verdict;
  /** Only of sets that are known to hide rows from whoever asks without a date. */
  readonly hides_without_date?: boolean | null;
  readonly next_link: LinkFinding;
  readonly page: PageFinding;
  readonly fields: FieldFinding;
  /** What is not as this version expects it, one sentence each. */
  readonly differences: readonly string[];
}

interface UnreachableSet {
  readonly set: string;
  readonly streams: readonly string[];
  readonly reachable: false;
  readonly fault: string;
}

/** What the doctor found of one set; its report in JSON is a list of these. */
export type SetFinding = ReachableSet | UnreachableSet;
