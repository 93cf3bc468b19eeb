import { endpoints } from '../endpoints.ts';
import { quantity } from '../text.ts';

/**
 * What the server does with an option of a query. `ignored`: it answers as if the option had not
 * been sent. `refused`: it answers 400. `failed`: no usable response. `finds nothing`: it hides
 * rows that match. `not told`: the endpoint has too few rows to find out.
 */
export type Verdict = 'yes' | 'ignored' | 'refused' | 'failed' | 'finds nothing' | 'not told';

/** Which pages have a link to the next one. */
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
  /** Rows that were requested. */
  readonly asked: number;
  /** Rows that were requested in the end: fewer than `asked` after timeouts. */
  readonly asked_in_time: number;
  /** Rows that were returned. */
  readonly rows: number;
  /** Maximum number of rows in a page; null if all rows fit into one. */
  readonly cap: number | null;
  readonly milliseconds: number;
}

/** What the rows of a page show about the columns. Names only, no values. */
export interface FieldFinding {
  /** Members without a column. */
  readonly unknown: readonly string[];
  /** Columns whose member no row has, as `stream.column`. */
  readonly missing: readonly string[];
  /** For columns with several possible names: the names found. */
  readonly spellings: Readonly<Record<string, readonly string[]>>;
  /** For date-times without a documented zone: the suffixes found, or `none`. */
  readonly zones: Readonly<Record<string, readonly string[]>>;
  /** For columns that come from a list: the kinds of its elements. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  /** Columns for which the API sent a value that does not fit. */
  readonly misfits: readonly string[];
  readonly rows_without_key: number;
}

/** An endpoint that could be read. The JSON report calls endpoints sets. */
export interface ReachableSet {
  readonly set: string;
  readonly streams: readonly string[];
  readonly reachable: true;
  /** What `/<Set>/$count` returns; null if it fails. */
  readonly rows: number | null;
  readonly count_inline: Verdict | 'another number';
  /** Null for an endpoint without a date to filter by. */
  readonly date_filter: Verdict | null;
  readonly key_filter: Verdict;
  readonly and: Verdict;
  readonly order: Verdict;
  /** Whether rows that share a key were returned in the same order twice. */
  readonly ties: 'steady' | 'changing' | 'not told';
  readonly select: Verdict;
  readonly top: Verdict;
  /** Only for endpoints that are known to hide rows without a date filter. */
  readonly hides_without_date?: boolean | null;
  readonly next_link: LinkFinding;
  readonly page: PageFinding;
  readonly fields: FieldFinding;
  /** How the endpoint differs from what this version expects, one sentence each. */
  readonly differences: readonly string[];
}

interface UnreachableSet {
  readonly set: string;
  readonly streams: readonly string[];
  readonly reachable: false;
  readonly fault: string;
}

/** What the doctor found out about one endpoint. */
export type SetFinding = ReachableSet | UnreachableSet;

type Found = Omit<ReachableSet, 'differences'>;

/** The maximum page size that the API is known to have. */
const KNOWN_CAP = 500;

/** Returns how an endpoint differs from what this version expects, one sentence each. */
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
    ...(found.rows === null ? ['The number of rows ($count) is not returned.'] : []),
    ...(found.ties === 'changing'
      ? ['Rows with the same key are returned in a different order each time.']
      : []),
    ...(found.hides_without_date === false ? ['No rows are hidden without a date filter.'] : []),
  ];
}

const PROBLEMS: Readonly<Record<Verdict | 'another number', string | undefined>> = {
  yes: undefined,
  'not told': undefined,
  ignored: 'is ignored',
  refused: 'is rejected',
  failed: 'makes the request fail',
  'finds nothing': 'hides rows that match',
  'another number': 'differs from /$count',
};

function optionDifference(what: string, verdict: Verdict | 'another number'): string[] {
  const problem = PROBLEMS[verdict];
  return problem === undefined ? [] : [`${what} ${problem}.`];
}

function pageDifferences({ page, next_link: link }: Found): string[] {
  const expected = Math.min(page.asked_in_time, KNOWN_CAP);
  return [
    ...(page.asked_in_time < page.asked
      ? [
          `A request for ${quantity(page.asked, 'row')} timed out; one for ${page.asked_in_time} succeeded.`,
        ]
      : []),
    ...(page.cap !== null && page.cap !== expected
      ? [`A page has ${quantity(page.cap, 'row')} instead of ${expected}.`]
      : []),
    ...(link.leads_to_another_host ? ['The link to the next page leads to another host.'] : []),
    ...(link.leads_back ? ['The link to the next page leads back to the same page.'] : []),
    ...(link.stands === 'irregularly' ? ['Links to the next page are sent irregularly.'] : []),
  ];
}

function fieldDifferences({ set, fields }: Found): string[] {
  const { unknown, missing, misfits, rows_without_key: withoutKey } = fields;
  const other = Object.entries(fields.spellings)
    .filter(([column, found]) => !found.some((name) => isLikely(name, likeliest(set, column))))
    .map(([column, found]) => `${column} as ${found.join(', ')}`);
  return [
    ...listed('Fields without a column', unknown),
    ...listed('Columns missing in all rows', missing),
    ...listed('Columns with values that do not fit', misfits),
    ...listed('Columns under a less likely name', other),
    ...(withoutKey > 0 ? [`The key is missing in ${quantity(withoutKey, 'row')}.`] : []),
  ];
}

function listed(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${what}: ${names.join(', ')}.`];
}

/** True if the name is the likely name or one of its parents: `a` is a parent of `a.b`. */
function isLikely(found: string, first: string): boolean {
  return found === first || first.startsWith(`${found}.`);
}

/** Returns the most likely source of a column. */
function likeliest(path: string, name: string): string {
  const [stream = '', column = ''] = name.split('.');
  const endpoint = endpoints.find((candidate) => candidate.path === path);
  const child = endpoint?.children?.find((candidate) => candidate.stream === stream);
  return [(child ?? endpoint)?.columns[column] ?? column].flat()[0] ?? column;
}
