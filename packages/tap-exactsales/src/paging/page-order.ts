import type { JsonValue } from '@exact-spotter/singer';
import type { Client } from '../api/client.ts';
import { ApiBrokenError, ApiRejectedError } from '../api/errors.ts';
import type { ApiRow } from '../api/odata.ts';
import type { Endpoint } from '../endpoints.ts';
import { valueAt } from '../rows/api-members.ts';
import { requestFirst, type ReadRequest } from './request.ts';
import type { QueryOption } from './server-limits.ts';

/** Returns the `$orderby` of an endpoint's pages. */
export function pageOrder({ pageKey, tieOrder }: Endpoint): string[] {
  return [pageKey.member, ...(tieOrder === undefined ? [] : [tieOrder])];
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
 * Tests whether the server respects the order, by requesting the last row.
 * @param key the highest key that was read
 * @returns what the server does with the order; undefined if it respects it
 */
export async function orderProblem(
  client: Client,
  request: ReadRequest,
  key: number,
): Promise<'ignored' | 'rejected' | undefined> {
  const { endpoint } = request;
  try {
    const row = await requestFirst(client, request, [`${endpoint.pageKey.member} desc`]);
    const last = row && pageKeyOf(endpoint, row);
    return row === undefined || (typeof last === 'number' && last >= key) ? undefined : 'ignored';
  } catch (error) {
    // A temporary error, such as a timeout, proves nothing.
    if (error instanceof ApiRejectedError || error instanceof ApiBrokenError) return 'rejected';
    throw error;
  }
}
