import type { Client } from '../api/client.ts';
import { literal, type ApiRow } from '../api/odata.ts';
import { COUNTS_AT_START, judgePage, wantsCount, type PagingCounts } from './page-end.ts';
import { ignoredOption, pageKeyOf, pageOrder } from './page-order.ts';
import { KeyedReadError, ReadEnd, type Cursor } from './read-end.ts';
import { noteIgnoredDates, requestPage } from '../request/page-request.ts';
import type { Page, ReadRequest, RequestedPage } from '../request/read-request.ts';

/** How often a key may be read from its first row again because its rows changed. */
const MOST_RESTARTS = 5;

/**
 * Reads pages by key. If the key is unique, each page requests the keys after the last one (`gt`).
 * If several rows may share a key, the rows of a page's last key are left to the next page (`ge`),
 * so that no page ends inside a key. If a key has more rows than a page, its rows are read with
 * `$skip`, and pages overlap by one row to notice changes.
 * @throws KeyedReadError if this endpoint cannot be read by key
 */
export async function* pagesByKey(
  client: Client,
  request: ReadRequest,
  resume: number | undefined,
): AsyncGenerator<Page> {
  const end = new ReadEnd(client, request);
  let counts = COUNTS_AT_START;
  let cursor: Cursor = { key: resume, drained: 0 };
  for (let restarts = 0; ;) {
    const attempt = restarts + end.attempts + Number(counts.isContradicted);
    const page = await requestInOrder(client, request, cursor, counts, attempt);
    const fresh = page.rows.length - (cursor.drained > 0 ? 1 : 0);
    const judged = judgePage(page, fresh, counts, request);
    if (judged.isCountWrong === true) request.limits.disable('count', 'ignored');
    counts = judged.counts;
    request.limits.isCountProven = counts.isCountProven && request.limits.supports('count');
    if (!continues(page, cursor)) {
      restarts += 1;
      if (restarts > MOST_RESTARTS) throw new KeyedReadError('the rows of a key keep changing');
      counts = { ...counts, rows: counts.rows - cursor.drained };
      cursor = { key: cursor.key, drained: 0 };
      continue;
    }
    const isLast = await end.isReached(page, cursor, judged);
    const { rows, next } = cut(page, cursor, request, isLast);
    counts = { ...counts, rows: counts.rows + rows.length };
    yield {
      rows: isLast ? [...rows, ...(await end.rowsWithoutKey(counts))] : rows,
      ...(typeof next.key === 'number' && { resume: next.key }),
      rowsRead: counts.rows,
      total: counts.total,
      isLast,
      isSure: !end.isGivenUp,
    };
    if (isLast) return;
    cursor = next;
  }
}

/** Requests a page whose rows are in order. If they are not, requests it once more. */
async function requestInOrder(
  client: Client,
  request: ReadRequest,
  cursor: Cursor,
  counts: PagingCounts,
  attempt: number,
): Promise<RequestedPage> {
  let page = await requestAt(client, request, cursor, counts, attempt);
  if (ignoredOption(page.rows, request.endpoint, cursor.key)) {
    page = await requestAt(client, request, cursor, counts, attempt + 1);
  }
  const ignored = ignoredOption(page.rows, request.endpoint, cursor.key);
  if (ignored) {
    request.limits.disable(ignored, 'ignored');
    throw new KeyedReadError(ignored);
  }
  noteIgnoredDates(page.rows, request);
  return page;
}

async function requestAt(
  client: Client,
  request: ReadRequest,
  cursor: Cursor,
  counts: PagingCounts,
  attempt: number,
): Promise<RequestedPage> {
  const page = await requestPage(client, request, {
    attempt,
    ...keyClause(request, cursor),
    orderby: pageOrder(request.endpoint),
    skip: Math.max(0, cursor.drained - 1),
    count: wantsCount(counts, request.limits),
  });
  for (const option of ['key filter', 'orderby'] as const) {
    if (!request.limits.supports(option)) throw new KeyedReadError(option);
  }
  return page;
}

function keyClause({ endpoint }: ReadRequest, { key }: Cursor): { key?: string } {
  if (key === undefined) return {};
  const { member, unique } = endpoint.pageKey;
  return { key: `${member} ${unique ? 'gt' : 'ge'} ${literal(key)}` };
}

/** True if the page continues a key's rows where the previous page stopped. */
function continues({ rows }: RequestedPage, { drained, lastDrained }: Cursor): boolean {
  if (drained === 0) return true;
  return rows[0] !== undefined && JSON.stringify(rows[0]) === lastDrained;
}

/** Returns the rows to yield now, and where the next page begins. */
function cut(
  { rows: all }: RequestedPage,
  cursor: Cursor,
  { endpoint }: ReadRequest,
  isLast: boolean,
): { readonly rows: readonly ApiRow[]; readonly next: Cursor } {
  const rows = cursor.drained > 0 ? all.slice(1) : all;
  const last = all.at(-1);
  if (last === undefined) return { rows, next: cursor };
  const key = pageKeyOf(endpoint, last);
  if (endpoint.pageKey.unique || isLast) return { rows, next: { key, drained: 0 } };
  const begun = rows.findIndex((row) => pageKeyOf(endpoint, row) === key);
  const isOneKey = begun === 0 || (cursor.drained > 0 && key === cursor.key);
  if (!isOneKey) return { rows: rows.slice(0, begun), next: { key, drained: 0 } };
  const drained = (key === cursor.key ? cursor.drained : 0) + rows.length;
  return { rows, next: { key, drained, lastDrained: JSON.stringify(last) } };
}
