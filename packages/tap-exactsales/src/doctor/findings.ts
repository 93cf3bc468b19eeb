import { endpoints } from '../endpoints.ts';

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

type Found = Omit<ReachableSet, 'differences'>;

/** Rows that the API is known to give in a page at most. */
const KNOWN_CAP = 500;

/** What is not as this version expects it of a set, one sentence each. */
export function differences(found: Found): string[] {
  return [...optionDifferences(found), ...pageDifferences(found), ...fieldDifferences(found)];
}

function optionDifferences(found: Found): string[] {
  const options: [string, Verdict | 'another number' | null][] = [
    ['The date filter', found.date_filter],
    ['The key filter', found.key_filter],
    ['A filter with "and"', found.and],
    ['The order', found.order],
    ['$select', found.select],
    ['$top', found.top],
    ['The count in a page', found.count_inline],
  ];
  return [
    ...options.flatMap(([what, verdict]) =>
      verdict === null ? [] : optionDifference(what, verdict),
    ),
    ...(found.rows === null ? ['The number of rows ($count) is not told.'] : []),
    ...(found.ties === 'changing' ? ['Rows of one key come in another order each time.'] : []),
    ...(found.hides_without_date === false
      ? ['No rows are hidden from whoever asks without a date.']
      : []),
  ];
}

const SAID: Readonly<Record<Verdict | 'another number', string | undefined>> = {
  yes: undefined,
  'not told': undefined,
  ignored: 'is not heeded',
  refused: 'is refused',
  failed: 'makes the request fail',
  'finds nothing': 'hides rows that it should find',
  'another number': 'is not what /$count tells',
};

function optionDifference(what: string, verdict: Verdict | 'another number'): string[] {
  const said = SAID[verdict];
  return said === undefined ? [] : [`${what} ${said}.`];
}

function pageDifferences({ page, next_link: link }: Found): string[] {
  const expected = Math.min(page.asked_in_time, KNOWN_CAP);
  return [
    ...(page.asked_in_time < page.asked
      ? [`No answer in time for ${page.asked} rows; ${page.asked_in_time} were answered.`]
      : []),
    ...(page.cap !== null && page.cap !== expected
      ? [`A page holds ${page.cap} rows where ${expected} were expected.`]
      : []),
    ...(link.leads_to_another_host ? ['The link to the next page leads to another host.'] : []),
    ...(link.leads_back ? ['The link to the next page leads back to the same page.'] : []),
    ...(link.stands === 'irregularly' ? ['The link to the next page comes irregularly.'] : []),
  ];
}

function fieldDifferences({ set, fields }: Found): string[] {
  const { unknown, missing, misfits, rows_without_key: withoutKey } = fields;
  const other = Object.entries(fields.spellings)
    .filter(([column, found]) => !found.some((name) => isLikely(name, likeliest(set, column))))
    .map(([column, found]) => `${column} as ${found.join(', ')}`);
  return [
    ...listed('Fields that no column holds', unknown),
    ...listed('Columns that no row bears', missing),
    ...listed('Columns that got values of another kind', misfits),
    ...listed('Columns under a less likely name', other),
    ...(withoutKey > 0 ? [`${withoutKey} rows have no key.`] : []),
  ];
}

function listed(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${what}: ${names.join(', ')}.`];
}

/** A member that was looked into for another stands under the likely name too. */
function isLikely(found: string, first: string): boolean {
  return found === first || first.startsWith(`${found}.`);
}

/** The first of a column's sources. */
function likeliest(path: string, name: string): string {
  const [stream = '', column = ''] = name.split('.');
  const endpoint = endpoints.find((candidate) => candidate.path === path);
  const child = endpoint?.children?.find((candidate) => candidate.stream === stream);
  return [(child ?? endpoint)?.columns[column] ?? column].flat()[0] ?? column;
}
