import type { Client, RetryPolicy } from '../api/client.ts';
import {
  ApiBrokenError,
  ApiRejectedError,
  ApiTimeoutError,
  isEndpointError,
} from '../api/errors.ts';
import type { ApiRow, Query } from '../api/odata.ts';
import type { PagePosition, ReadRequest, RequestedPage } from './read-request.ts';
import {
  FEWEST_ROWS,
  findBreaking,
  findRejected,
  optionsToDoubt,
  type QueryOption,
} from './server-limits.ts';

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
    const { top } = limits;
    const options = usedOptions(request, position);
    const isSmallest = limits.top <= FEWEST_ROWS && request.endpoint.slices === undefined;
    const policy = position.isOptional ? 'never' : isSmallest ? 'always' : 'except timeouts';
    try {
      const page = await send(client, request, position, options, top, policy);
      limits.longestPage = Math.max(limits.longestPage, page.rows.length);
      return page;
    } catch (error) {
      if (position.isOptional === true) throw error;
      if (error instanceof ApiTimeoutError && limits.halve(top)) continue;
      if (!(await findsCause(client, request, position, options, top, error))) throw error;
    }
  }
}

/**
 * Requests only the first row of a read in the given order.
 * @param attempt how often the row has been requested before
 * @param key a clause on the page key (default: none)
 */
export async function requestFirst(
  client: Client,
  request: ReadRequest,
  orderby: readonly string[],
  attempt: number,
  key?: string,
): Promise<ApiRow | undefined> {
  const position = { orderby, count: false, attempt, ...(key !== undefined && { key }) };
  const options = usedOptions(request, position);
  const { rows } = await send(client, request, position, options, 1, 'always');
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
    ...(limits.supports('top') && { top: limits.top }),
    attempt,
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
  { key, orderby, skip = 0, attempt = 0 }: PagePosition,
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
    attempt,
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
  top: number,
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
  return (isRejected ? findRejected : findBreaking)(options, request.limits, accepts, top);
}
