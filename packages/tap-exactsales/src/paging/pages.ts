import type { Client } from '../api/client.ts';
import type { DateFilter } from '../plan/date-range.ts';
import type { ReadPlan } from '../plan/plan.ts';
import type { Progress } from '../progress.ts';
import { membersToSelect } from '../rows/api-members.ts';
import { pagesByKey, KeyedReadError } from './by-key.ts';
import { pagesByOffset } from './by-offset.ts';
import type { Page, ReadRequest } from './request.ts';
import { limitsOf, type ServerLimits } from './server-limits.ts';

interface Context {
  readonly client: Client;
  readonly progress: Progress;
  readonly pageSize: number;
  readonly limits: Map<string, ServerLimits>;
}

/** Requests the pages of a plan and reports the progress. */
export function requestPages(
  { endpoint, endpoints, resumed }: ReadPlan,
  dates: DateFilter,
  { client, limits: known, pageSize, progress }: Context,
): AsyncGenerator<Page> {
  const select = membersToSelect(endpoints);
  const limits = limitsOf(endpoint.path, known, pageSize);
  const request = { endpoint, limits, dates, ...(select && { select }) };
  const name = endpoints.map((selected) => selected.endpoint.stream).join(' + ');
  return progress.follow(name, byKeyOrOffset(client, request, resumed?.after));
}

/**
 * Reads all rows, page by page: by key if the endpoint can be filtered and ordered by its page key,
 * otherwise by offset. A row's page key never changes, so a row that changes during the read keeps
 * its place, and no row is skipped or read endlessly. The server's links to the next page are never
 * followed, because even last pages have them and they may lead anywhere.
 * @param resume the last page key of an earlier run; only rows after it are read
 */
export async function* byKeyOrOffset(
  client: Client,
  request: ReadRequest,
  resume?: number,
): AsyncGenerator<Page> {
  const { endpoint, limits } = request;
  const isKeyed = endpoint.pageKey.isText !== true && limits.supports('key filter');
  if (isKeyed && limits.supports('orderby')) {
    try {
      yield* pagesByKey(client, request, resume);
      return;
    } catch (error) {
      if (!(error instanceof KeyedReadError)) throw error;
    }
  }
  yield* pagesByOffset(client, request);
}
