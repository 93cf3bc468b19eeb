import type { Client, RetryPolicy } from '../api/client.ts';
import {
  ApiBrokenError,
  ApiRejectedError,
  ApiTimeoutError,
  isEndpointError,
} from '../api/errors.ts';
import type { ApiPage, ApiRow, Query } from '../api/odata.ts';
import type { Endpoint } from '../endpoints.ts';
import type { DateFilter } from '../plan/date-range.ts';
import type { EarlierReads } from '../plan/earlier-reads.ts';
import {
  FEWEST_ROWS,
  findBreaking,
  findRejected,
  optionsToDoubt,
  type QueryOption,
  type ServerLimits,
} from './server-limits.ts';

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

/** The part of a query that differs from page to page. */
export interface PagePosition {
  /** A clause on the page key. */
  readonly key?: string;
  readonly orderby?: readonly string[];
  readonly skip?: number;
  readonly count: boolean;
  /**
   * How often the page has been requested before because its answer looked wrong. Each attempt asks
   * for one row less: the answers are cached by URL for about a minute, and an unchanged URL would
   * return the same answer.
   */
  readonly attempt?: number;
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
   * Where a later run can continue: the last page key. Missing if the later run must start over.
   */
  readonly resume?: number;
  /** Rows of this read so far, without repetitions. */
  readonly rowsRead: number;
  /** Rows of the whole read; undefined if the server does not say. */
  readonly total?: number | undefined;
  readonly isLast: boolean;
  /** False if rows may have been skipped because they kept moving and have no key to read by. */
  readonly isSure: boolean;
}

/**
 * Requests one page, with every option that is not known to fail on the endpoint. If the server
 * answers 400 or 501, or keeps answering 500, leaves out the options that cause it; after a timeout,
 * requests fewer rows.
 */
export async function requestPage(
  client: Client,
  request: ReadRequest,
  position: PagePosition,
): Promise<RequestedPage> {
  const { limits } = request;
  for (;;) {
    const top = Math.max(2, limits.top - (position.attempt ?? 0));
    const options = usedOptions(request, position);
    const isSmallest = limits.top <= FEWEST_ROWS && request.endpoint.slices === undefined;
    const policy = isSmallest ? 'always' : 'except timeouts';
    try {
      const page = await send(client, request, position, options, top, policy);
      limits.longestPage = Math.max(limits.longestPage, page.rows.length);
      return page;
    } catch (error) {
      if (error instanceof ApiTimeoutError && limits.halve()) continue;
      if (!(await findsCause(client, request, position, options, error))) throw error;
    }
  }
}

/**
 * Requests only the first row of a read in the given order.
 * @param attempt how often the row has been requested before
 */
export async function requestFirst(
  client: Client,
  request: ReadRequest,
  orderby: readonly string[],
  attempt: number,
): Promise<ApiRow | undefined> {
  const position = { orderby, count: false };
  const options = usedOptions(request, position);
  const { rows } = await send(client, request, position, options, 1 + attempt, 'always');
  return rows[0];
}

/**
 * Requests the first rows that match a clause, in the order of the page key.
 * @param attempt how often they have been requested before
 * @returns undefined if the server rejects the clause
 */
export async function requestMatching(
  client: Client,
  request: ReadRequest,
  clause: string,
  attempt: number,
): Promise<readonly ApiRow[] | undefined> {
  const { endpoint, limits, select } = request;
  const query = {
    filter: [clause],
    ...(limits.supports('orderby') && { orderby: [endpoint.pageKey.member] }),
    ...(limits.supports('select') && select && { select }),
    ...(limits.supports('top') && { top: Math.max(1, limits.top - attempt) }),
  };
  try {
    return (await client.page(endpoint.path, query, 'always')).rows;
  } catch (error) {
    if (error instanceof ApiRejectedError || error instanceof ApiBrokenError) return undefined;
    throw error;
  }
}

/** Stops using the date filter if the rows show that the server ignores it. */
export function noteIgnoredDates(rows: readonly ApiRow[], { limits, dates }: ReadRequest): void {
  if (dates.clauses.length === 0) return;
  for (const row of rows) {
    const option = dates.ignoredOption(row);
    if (option !== undefined) limits.disable(option, 'ignored');
  }
}

function usedOptions(
  { endpoint, dates, select, limits }: ReadRequest,
  position: PagePosition,
): QueryOption[] {
  const used: Readonly<Record<QueryOption, boolean>> = {
    select: select !== undefined,
    count: position.count,
    'date filter': dates.byOption['date filter'] !== undefined,
    'date end': dates.byOption['date end'] !== undefined,
    'key filter': position.key !== undefined,
    orderby: position.orderby !== undefined,
    top: true,
  };
  return optionsToDoubt(endpoint).filter((option) => used[option] && limits.supports(option));
}

async function send(
  client: Client,
  { endpoint, dates, select, slice }: ReadRequest,
  { key, orderby, skip = 0 }: PagePosition,
  options: readonly QueryOption[],
  top: number,
  policy: RetryPolicy,
): Promise<RequestedPage> {
  const uses = (option: QueryOption): boolean => options.includes(option);
  const query: Query = {
    filter: [
      ...(['date filter', 'date end'] as const).flatMap((option) =>
        uses(option) ? (dates.byOption[option] ?? []) : [],
      ),
      ...(slice === undefined ? [] : [slice]),
      ...(uses('key filter') && key !== undefined ? [key] : []),
    ],
    ...(uses('orderby') && orderby && { orderby }),
    ...(uses('select') && select && { select }),
    count: uses('count'),
    ...(uses('top') && { top }),
    skip,
  };
  return { top, skip, ...(await client.page(endpoint.path, query, policy)) };
}

/**
 * Finds the options that cause an error and stops using them.
 * @returns false if the endpoint cannot be read without them either
 */
async function findsCause(
  client: Client,
  request: ReadRequest,
  position: PagePosition,
  options: readonly QueryOption[],
  error: unknown,
): Promise<boolean> {
  const isRejected = error instanceof ApiRejectedError;
  if (!isRejected && !(error instanceof ApiBrokenError)) return false;
  const policy = isRejected ? 'always' : 'never';
  const accepts = async (tried: readonly QueryOption[]): Promise<boolean> => {
    try {
      await send(client, request, position, tried, 1, policy);
      return true;
    } catch (refusal) {
      if (!isEndpointError(refusal)) throw refusal;
      return false;
    }
  };
  return (isRejected ? findRejected : findBreaking)(options, request.limits, accepts);
}
