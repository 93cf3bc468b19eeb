/**
 * What the server does with a query option. `ignored`: it answers as if the option had not been
 * sent. `refused`: it answers 400. `failed`: it sends no usable response. `finds nothing`: it hides
 * rows that match. `not told`: the endpoint has too few rows to find out.
 */
export type Verdict = 'yes' | 'ignored' | 'refused' | 'failed' | 'finds nothing' | 'not told';

/** What the count in a page covers. `the page`: only the rows of that page. */
export type CountVerdict = Verdict | 'the page' | 'another number';

/** Which pages have a link to the next page. */
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
  /** Whether links repeat the `$top` of the request; null if there are no links. */
  readonly keeps_top: boolean | null;
  readonly leads_to_another_host: boolean;
  /** True if a link does not lead past its own page. */
  readonly leads_back: boolean;
}

export interface PageFinding {
  /** Number of rows that were requested. */
  readonly asked: number;
  /** Number of rows that the last attempt requested, which is lower than `asked` after timeouts. */
  readonly asked_in_time: number;
  /** Number of rows that were returned. */
  readonly rows: number;
  /** Maximum number of rows in a page; null if all rows fit into one page. */
  readonly cap: number | null;
  readonly milliseconds: number;
}

/** What the rows of a page show about the columns. Contains names only, no values. */
export interface FieldFinding {
  /** Members without a column. */
  readonly unknown: readonly string[];
  /** Columns that are missing in every row, as `stream.column`. */
  readonly missing: readonly string[];
  /** The names found, for columns with several possible names. */
  readonly spellings: Readonly<Record<string, readonly string[]>>;
  /** The suffixes found, or `none`, for date-times without a documented zone. */
  readonly zones: Readonly<Record<string, readonly string[]>>;
  /** The kinds of list elements, for columns that come from a list. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  /** Columns for which the API sent a value that does not fit. */
  readonly misfits: readonly string[];
  /** Columns in which .NET's "no date" (year 1) occurs. */
  readonly year_one: readonly string[];
  readonly rows_without_key: number;
}

/** The rows without a date, which a date filter excludes. */
export interface UndatedFinding {
  /** What the server does with `<date> eq null`. */
  readonly filter: Verdict;
  /** How many rows the filter found, up to 50. */
  readonly rows: number | null;
}

/** An endpoint that could be read. The JSON report calls endpoints sets. */
export interface ReachableSet {
  readonly set: string;
  readonly streams: readonly string[];
  readonly reachable: true;
  /** What `/<Set>/$count` returns; null if it fails. */
  readonly rows: number | null;
  readonly count_inline: CountVerdict;
  /** Null for an endpoint without a date to filter by. */
  readonly date_filter: Verdict | null;
  readonly key_filter: Verdict;
  readonly and: Verdict;
  readonly order: Verdict;
  /** Whether rows that share a key were returned in the same order twice. */
  readonly ties: 'steady' | 'changing' | 'not told';
  readonly select: Verdict;
  readonly top: Verdict;
  /** Present only for endpoints that are known to hide rows if a request has no date filter. */
  readonly hides_without_date?: boolean | null;
  /** Present only for endpoints that may have rows without a date. */
  readonly undated?: UndatedFinding;
  /** Present only for endpoints with dates whose clock is a setting. */
  readonly clock?: ClockFinding;
  readonly next_link: LinkFinding;
  readonly page: PageFinding;
  readonly fields: FieldFinding;
  /** One sentence for each way in which the endpoint differs from what this version expects. */
  readonly differences: readonly string[];
}

/** Which clock the newest date fits. */
export interface ClockFinding {
  /** The setting that defines how to read the dates. */
  readonly setting: string;
  readonly fits: 'utc' | 'wall' | 'probably wall' | 'both' | 'not told';
  /** Age of the newest date in minutes on the server's clock, if the date is read as UTC. */
  readonly minutes_ago_utc: number | null;
  /** The same age, if the date is read as the account's wall-clock time. */
  readonly minutes_ago_wall: number | null;
  /** The current value of the setting. */
  readonly set_to: string;
}

export interface UnreachableSet {
  readonly set: string;
  readonly streams: readonly string[];
  readonly reachable: false;
  readonly fault: string;
  /** What a run does with the endpoint. */
  readonly a_run: 'fails' | 'continues without it' | 'reads it in slices';
}

/** What the doctor found out about one endpoint. */
export type SetFinding = ReachableSet | UnreachableSet;
