import type { JsonValue } from '@exact-spotter/singer';
import type { Client } from '../api/client.ts';
import { literal, type ApiRow } from '../api/odata.ts';
import { COUNTS_AT_START, judgePage, wantsCount, type PagingCounts } from './page-end.ts';
import { ignoredOption, orderProblem, pageKeyOf, pageOrder } from './page-order.ts';
import {
  noteIgnoredDates,
  requestPage,
  type Page,
  type ReadRequest,
  type RequestedPage,
} from './request.ts';

/**
 * The endpoint cannot be read by key: it does not support the filter or the order, or its rows have
 * no key.
 */
export class KeyedReadError extends Error {
  override readonly name = 'KeyedReadError';
}

/** Where the next page begins. */
interface Cursor {
  /** The last key that was read (unique key), or the key to read next (shared by several rows). */
  readonly key: JsonValue | undefined;
  /** Rows of that key that have been read already, because a page was too small for all of them. */
  readonly drained: number;
  readonly lastDrained?: string;
}

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
  let counts = COUNTS_AT_START;
  let cursor: Cursor = { key: resume, drained: 0 };
  for (let restarts = 0; ;) {
    const page = await requestInOrder(client, request, cursor, counts);
    const fresh = page.rows.length - (cursor.drained > 0 ? 1 : 0);
    const judged = judgePage(page, fresh, counts, request.limits.supports('count'));
    if (judged.isCountWrong) request.limits.disable('count', 'ignored');
    const { isLast } = judged;
    counts = judged.counts;
    if (!continues(page, cursor)) {
      restarts += 1;
      if (restarts > MOST_RESTARTS) throw new KeyedReadError('the rows of a key keep changing');
      counts = { ...counts, rows: counts.rows - cursor.drained };
      cursor = { key: cursor.key, drained: 0 };
      continue;
    }
    const { rows, next } = cut(page, cursor, request, isLast);
    counts = { ...counts, rows: counts.rows + rows.length };
    if (isLast && isDoubtful(counts, cursor)) await checkOrder(client, request, next);
    yield {
      rows,
      ...(typeof next.key === 'number' && { resume: next.key }),
      rowsRead: counts.rows,
      total: counts.total,
      isLast,
      isSure: true,
    };
    if (isLast) return;
    cursor = next;
  }
}

/**
 * True if a read of several pages had no count or received fewer rows than its first count
 * promised. The missing rows may have been deleted during the read, or skipped because the server
 * ignores the order.
 */
function isDoubtful({ rows, total }: PagingCounts, { key }: Cursor): boolean {
  return key !== undefined && (total === undefined || rows < total);
}

/** Detects a server that ignores the order although every page looks ordered. */
async function checkOrder(client: Client, request: ReadRequest, { key }: Cursor): Promise<void> {
  const problem = typeof key === 'number' ? await orderProblem(client, request, key) : undefined;
  if (problem === undefined) return;
  request.limits.disable('orderby', problem);
  throw new KeyedReadError('orderby');
}

/** Requests a page whose rows are in order. If they are not, requests it once more. */
async function requestInOrder(
  client: Client,
  request: ReadRequest,
  cursor: Cursor,
  counts: PagingCounts,
): Promise<RequestedPage> {
  let page = await requestAt(client, request, cursor, counts);
  if (ignoredOption(page.rows, request.endpoint, cursor.key)) {
    page = await requestAt(client, request, cursor, counts);
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
): Promise<RequestedPage> {
  const page = await requestPage(client, request, {
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
