import type { Client } from '../api/client.ts';
import { ApiTimeoutError } from '../api/errors.ts';
import type { DateFilter } from '../plan/date-range.ts';
import type { ReadPlan } from '../plan/plan.ts';
import { unreadKeys } from '../state/unread-keys.ts';
import type { Progress } from '../progress.ts';
import { membersToSelect } from '../rows/api-members.ts';
import { pagesByOffset } from './by-offset.ts';
import type { OpenReads } from '../ranges/open-reads.ts';
import { KeyedReadError } from '../ranges/read-end.ts';
import { SplitRead } from '../ranges/split-read.ts';
import type { Keys, Page, ReadRequest } from '../request/read-request.ts';
import { slicedPages } from './slices.ts';
import { undatedPages } from './undated.ts';
import { limitsOf, type ServerLimits } from '../request/server-limits.ts';

interface Context {
  readonly client: Client;
  readonly progress: Progress;
  readonly pageSize: number;
  readonly limits: Map<string, ServerLimits>;
  readonly openReads: OpenReads;
}

/** Requests the pages of a plan and reports the progress. */
export function requestPages(
  { endpoint, endpoints, resumed, earlier, includesUndated, isComplete }: ReadPlan,
  dates: DateFilter,
  { client, limits: known, openReads, pageSize, progress }: Context,
): AsyncGenerator<Page> {
  const select = membersToSelect(endpoints);
  const limits = limitsOf(endpoint.path, known, pageSize);
  const request = { endpoint, limits, dates, earlier, ...(select && { select }) };
  const name = endpoints.map((selected) => selected.endpoint.stream).join(' + ');
  const unread = resumed && unreadKeys(resumed);
  const dated = wholeOrSliced(client, request, unread, openReads);
  return progress.follow(
    name,
    includesUndated ? withUndated(dated, client, request, isComplete) : dated,
  );
}

/** Adds the rows without a date. They belong to the read, but the dated rows alone are counted. */
async function* withUndated(
  dated: AsyncIterable<Page>,
  client: Client,
  request: ReadRequest,
  isComplete: boolean,
): AsyncGenerator<Page> {
  let end: Page | undefined;
  for await (const page of dated) {
    end = { ...page, rows: [] };
    yield { ...page, isLast: false };
  }
  if (!end) return;
  const { limits } = request;
  if (limits.supports('date filter') && !limits.isSliced) {
    for await (const { rows, isSure } of undatedPages(client, request, isComplete, byKeyOrOffset)) {
      end = { ...end, isSure: end.isSure && isSure };
      yield { ...end, rows, isLast: false };
    }
  }
  yield end;
}

/** Reads the set in slices if even its smallest pages time out. */
async function* wholeOrSliced(
  client: Client,
  request: ReadRequest,
  resume: readonly Keys[] | undefined,
  openReads: OpenReads,
): AsyncGenerator<Page> {
  const { limits, endpoint } = request;
  if (!limits.isSliced) {
    try {
      yield* byKeyOrOffset(client, request, resume, openReads);
      return;
    } catch (error) {
      if (!(error instanceof ApiTimeoutError) || endpoint.slices === undefined) throw error;
      limits.isSliced = true;
    }
  }
  yield* slicedPages(client, request, byKeyOrOffset);
}

/**
 * Reads all rows, page by page: by key if the endpoint can be filtered and ordered by its page key,
 * otherwise by offset. A row's page key never changes, so a row that changes during the read keeps
 * its place, and no row is skipped or read endlessly. The server's links to the next page are never
 * followed, because even last pages have them and they may lead anywhere.
 * @param resume the page keys that an interrupted run left unread (default: all)
 * @param openReads where idle workers find the read to join it (default: no worker joins)
 */
export async function* byKeyOrOffset(
  client: Client,
  request: ReadRequest,
  resume?: readonly Keys[],
  openReads?: OpenReads,
): AsyncGenerator<Page> {
  const { endpoint, limits } = request;
  const isKeyed = endpoint.pageKey.isText !== true && limits.supports('key filter');
  if (isKeyed && limits.supports('orderby')) {
    try {
      yield* new SplitRead(client, request, resume, openReads).pages();
      return;
    } catch (error) {
      if (!(error instanceof KeyedReadError)) throw error;
    }
  }
  yield* pagesByOffset(client, request);
}
