import type { JsonValue } from '@exact-spotter/singer';
import type { Client } from '../api/client.ts';
import { ApiBrokenError, ApiRejectedError } from '../api/errors.ts';
import { literal, type ApiRow } from '../api/odata.ts';
import type { Endpoint } from '../endpoints.ts';
import { valueAt } from '../rows/api-members.ts';
import { requestFirst } from '../request/page-request.ts';
import type { ReadRequest } from '../request/read-request.ts';
import type { QueryOption } from '../request/server-limits.ts';

/** Returns the `$orderby` of an endpoint's pages. */
export function pageOrder({ pageKey, tieOrder }: Endpoint): string[] {
  return [pageKey.member, ...(tieOrder === undefined ? [] : [tieOrder])];
}

/** Returns the filter for the rows after a key; if several rows may share a key, also for its own. */
export function keyClause({ pageKey: { member, unique } }: Endpoint, key: JsonValue): string {
  return `${member} ${unique ? 'gt' : 'ge'} ${literal(key)}`;
}

/** Returns the value of a row's page key. */
export function pageKeyOf({ pageKey }: Endpoint, row: ApiRow): JsonValue | undefined {
  return valueAt(row, pageKey.member.split('.'));
}

/**
 * Returns the query option that the server has ignored; undefined if the page is as requested.
 * @param key the key at which (shared key) or after which (unique key) the page was requested to
 * begin
 */
export function ignoredOption(
  rows: readonly ApiRow[],
  endpoint: Endpoint,
  key: JsonValue | undefined,
): QueryOption | undefined {
  const { unique } = endpoint.pageKey;
  let before = typeof key === 'number' ? key : -Infinity;
  let isFirst = !unique || key === undefined;
  for (const row of rows) {
    const value = pageKeyOf(endpoint, row);
    if (typeof value !== 'number') return 'key filter';
    const isTooLow = unique && !isFirst ? value <= before : value < before;
    if (isTooLow) return before === key ? 'key filter' : 'orderby';
    before = value;
    isFirst = !unique;
  }
  return undefined;
}

/**
 * Requests the page key of the last row of a read, in descending order.
 * @param attempt how often it has been requested before
 * @param after considers only rows after this key, or with it if several rows may share a key
 * @returns `none` if there is no row, `rejected` if the server does not support the order;
 * undefined if the row has no numeric key
 */
export async function lastKey(
  client: Client,
  request: ReadRequest,
  attempt: number,
  after?: JsonValue,
): Promise<number | 'none' | 'rejected' | undefined> {
  const { endpoint } = request;
  const clause = after === undefined ? undefined : keyClause(endpoint, after);
  try {
    const orderby = [`${endpoint.pageKey.member} desc`];
    const row = await requestFirst(client, request, orderby, attempt, clause);
    if (row === undefined) return 'none';
    const key = pageKeyOf(endpoint, row);
    return typeof key === 'number' ? key : undefined;
  } catch (error) {
    // A temporary error, such as a timeout, proves nothing.
    if (error instanceof ApiRejectedError || error instanceof ApiBrokenError) return 'rejected';
    throw error;
  }
}
