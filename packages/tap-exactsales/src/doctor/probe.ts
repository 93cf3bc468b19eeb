import type { Instant } from '@exact-spotter/singer';
import type { Client } from '../api/client.ts';
import { ApiRejectedError, isEndpointError } from '../api/errors.ts';
import type { ApiRow, Query } from '../api/odata.ts';
import type { Endpoint } from '../endpoints.ts';
import { pageOrder } from '../paging/page-order.ts';
import { requestPage } from '../request/page-request.ts';
import type { RequestedPage } from '../request/read-request.ts';
import { ServerLimits, type QueryOption } from '../request/server-limits.ts';
import { dateFilter, type DateFilter } from '../plan/date-range.ts';
import type { Timezone } from '../rows/timezone.ts';
import { betweenQuery, dateQuery, keyQuery, type ProbeQuery } from './probe-queries.ts';

/** The context that all probes share. */
export interface ProbeContext {
  readonly client: Client;
  readonly timezone: Timezone;
  readonly pageSize: number;
  /** The first date to request from an endpoint that hides old rows. */
  readonly startDate: Instant;
}

type Outcome<T> =
  | { readonly kind: 'answered'; readonly answer: T }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed' };

/** A query, and what the server did with it. */
export interface Probe {
  readonly query: ProbeQuery;
  readonly outcome: Outcome<RequestedPage>;
}

/** All responses of an endpoint. A probe is undefined if the endpoint has too few rows for it. */
export interface Answers {
  readonly first: RequestedPage;
  readonly rows: Outcome<number>;
  /**
   * The count without a date filter, for an endpoint that hides rows if there is no date filter.
   */
  readonly rowsWithoutDate?: Outcome<number>;
  readonly byKey: Probe | undefined;
  readonly between: Probe | undefined;
  readonly byDate: Probe | undefined;
  /** The rows without a date, for an endpoint that may have such rows. */
  readonly undated?: Outcome<readonly ApiRow[]>;
  /** The rows with the newest dates, for an endpoint whose clock is a setting. */
  readonly newest?: Outcome<readonly ApiRow[]>;
  /** Query options that the server answered with 400. */
  readonly refused: ReadonlySet<QueryOption>;
}

/**
 * Requests a page as a run would, then the count, then a few rows in up to three probes. Sends more
 * requests only if a request is rejected or times out.
 * @throws ApiEndpointError, ApiRejectedError if the endpoint cannot be read
 */
export async function probe(endpoint: Endpoint, context: ProbeContext): Promise<Answers> {
  const { client, timezone, pageSize, startDate } = context;
  const limits = new ServerLimits(endpoint.path, pageSize);
  const range = endpoint.hidesWithoutDate ? { from: startDate } : {};
  const dates = dateFilter(endpoint, range, timezone);
  const position = { orderby: pageOrder(endpoint), count: true };
  const first = await requestPage(client, { endpoint, limits, dates }, position);
  const rows = await count(client, endpoint.path, limits, dates);
  const rowsWithoutDate = endpoint.hidesWithoutDate && {
    rowsWithoutDate: await count(client, endpoint.path, limits),
  };
  const isWhole = rows.kind === 'answered' && rows.answer <= first.rows.length;
  const send = async (query: ProbeQuery | undefined): Promise<Probe | undefined> =>
    query && { query, outcome: await outcomeOf(query, client, endpoint, limits) };
  return {
    first,
    rows,
    ...rowsWithoutDate,
    byKey: await send(keyQuery(endpoint, first, dates)),
    between: await send(betweenQuery(endpoint, first, dates, isWhole)),
    byDate: await send(dateQuery(endpoint, first, timezone)),
    ...(await dateProbes(endpoint, client)),
    refused: new Set(OPTIONS.filter((option) => !limits.supports(option))),
  };
}

/** Sends the requests that show how to read the endpoint's dates. */
async function dateProbes(
  { path, date, clockSettings }: Endpoint,
  client: Client,
): Promise<Pick<Answers, 'undated' | 'newest'>> {
  const rows = async (query: Query): Promise<Outcome<readonly ApiRow[]>> => {
    const outcome = await settle(client.page(path, { ...query, top: FEW_ROWS }, 'always'));
    return outcome.kind === 'answered'
      ? { kind: 'answered', answer: outcome.answer.rows }
      : outcome;
  };
  return {
    ...(date?.isOptional === true && {
      undated: await rows({ filter: [`${date.member} eq null`] }),
    }),
    ...(date && clockSettings && { newest: await rows({ orderby: [`${date.member} desc`] }) }),
  };
}

const FEW_ROWS = 50;

const OPTIONS: readonly QueryOption[] = ['select', 'date filter', 'count', 'key filter', 'orderby'];

async function outcomeOf(
  { option, position, dates, select, top }: ProbeQuery,
  client: Client,
  endpoint: Endpoint,
  limits: ServerLimits,
): Promise<Outcome<RequestedPage>> {
  if (!limits.supports(option)) return { kind: 'refused' };
  limits.top = top;
  const request = { endpoint, limits, dates, ...(select && { select }) };
  return settle(requestPage(client, request, position), () => limits.supports(option));
}

function count(
  client: Client,
  path: string,
  limits: ServerLimits,
  { clauses }: Pick<DateFilter, 'clauses'> = { clauses: [] },
): Promise<Outcome<number>> {
  const query: Query = { filter: limits.supports('date filter') ? clauses : [] };
  return settle(client.count(path, query));
}

/** Turns a failed query into a finding. Throws errors that affect the whole API. */
async function settle<T>(
  answer: Promise<T>,
  isAccepted: () => boolean = () => true,
): Promise<Outcome<T>> {
  try {
    const value = await answer;
    return isAccepted() ? { kind: 'answered', answer: value } : { kind: 'refused' };
  } catch (error) {
    if (!isEndpointError(error)) throw error;
    return { kind: error instanceof ApiRejectedError ? 'refused' : 'failed' };
  }
}
