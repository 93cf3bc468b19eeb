import { later } from '@exact-spotter/singer';
import { literal, type ApiRow } from '../api/odata.ts';
import type { Endpoint } from '../endpoints.ts';
import { pageKeyOf, pageOrder } from '../paging/page-order.ts';
import type { PagePosition, RequestedPage } from '../request/read-request.ts';
import type { QueryOption } from '../request/server-limits.ts';
import { dateFilter, dateReader, type DateFilter } from '../plan/date-range.ts';
import type { Timezone } from '../rows/timezone.ts';

/**
 * A query whose correct answer is known from rows already seen. Some of these rows match and some
 * do not. A server that ignores the filter would send non-matching rows first.
 */
export interface ProbeQuery {
  /** The option that is tested. */
  readonly option: QueryOption;
  readonly position: PagePosition;
  readonly dates: DateFilter;
  readonly select?: readonly string[];
  readonly top: number;
  matches(row: ApiRow): boolean;
  /** True if rows are known to follow the page. */
  readonly hasMore: boolean;
}

/** How many rows to request to test a filter. */
const SOME = 50;
/** Maximum number of keys that {@link betweenQuery} takes into account. */
const FEW = 10;

/**
 * Returns a query for rows after the lowest key, in the order that a run uses. It requests fewer
 * rows than match.
 */
export function keyQuery(
  endpoint: Endpoint,
  { rows }: RequestedPage,
  dates: DateFilter,
): ProbeQuery | undefined {
  const { member } = endpoint.pageKey;
  const [lowest, ...others] = distinctKeys(endpoint, rows);
  if (lowest === undefined || others.length === 0) return undefined;
  const matches = (row: ApiRow): boolean => (numericKeyOf(endpoint, row) ?? lowest) > lowest;
  const matching = rows.filter(matches).length;
  const top = Math.max(1, Math.min(SOME, matching - 1));
  return {
    option: 'key filter',
    position: {
      key: `${member} gt ${literal(lowest)}`,
      orderby: pageOrder(endpoint),
      count: false,
    },
    dates,
    top,
    matches,
    hasMore: matching > top,
  };
}

/**
 * Returns a query for the rows between two keys, in descending order, that selects only the key.
 * All these rows are known, so the response is a last page.
 */
export function betweenQuery(
  endpoint: Endpoint,
  { rows }: RequestedPage,
  dates: DateFilter,
  isWhole: boolean,
): ProbeQuery | undefined {
  const { member } = endpoint.pageKey;
  const keys = distinctKeys(endpoint, rows);
  // The next page may have more rows with the last key of this page.
  const [above, ...wanted] = keys.slice(0, isWhole ? FEW : Math.min(FEW, keys.length - 1));
  const upTo = wanted.at(-1);
  if (above === undefined || upTo === undefined) return undefined;
  const matches = (row: ApiRow): boolean => {
    const key = numericKeyOf(endpoint, row) ?? above;
    return key > above && key <= upTo;
  };
  const [key = '', ...ties] = pageOrder(endpoint);
  return {
    option: 'key filter',
    position: {
      key: `${member} gt ${literal(above)} and ${member} le ${literal(upTo)}`,
      orderby: [`${key} desc`, ...ties],
      count: false,
    },
    dates,
    select: [member],
    top: rows.filter(matches).length + 1,
    matches,
    hasMore: false,
  };
}

/**
 * Returns a query for the rows that are not older than the latest known date.
 * @returns undefined if no row is old enough to reveal an ignored filter
 */
export function dateQuery(
  endpoint: Endpoint,
  { rows }: RequestedPage,
  timezone: Timezone,
): ProbeQuery | undefined {
  const dateOf = dateReader(endpoint, timezone);
  const known = rows.flatMap((row) => dateOf(row) ?? []);
  if (!endpoint.date || known.length === 0) return undefined;
  const dates = dateFilter(endpoint, { from: known.reduce(later) }, timezone);
  const matches = (row: ApiRow): boolean => dates.ignoredOption(row) === undefined;
  if (rows.slice(0, SOME).every(matches)) return undefined;
  return {
    option: 'date filter',
    position: { orderby: pageOrder(endpoint), count: false },
    dates,
    top: SOME,
    matches,
    hasMore: false,
  };
}

export function numericKeyOf(endpoint: Endpoint, row: ApiRow): number | undefined {
  const key = pageKeyOf(endpoint, row);
  return typeof key === 'number' ? key : undefined;
}

/** Returns the distinct keys in ascending order. */
function distinctKeys(endpoint: Endpoint, rows: readonly ApiRow[]): number[] {
  const keys = new Set(rows.flatMap((row) => numericKeyOf(endpoint, row) ?? []));
  return [...keys].sort((left, right) => left - right);
}
