import type { Client } from '../api/client.ts';
import { ignoredOption, keyClause, pageOrder } from '../paging/page-order.ts';
import { noteIgnoredDates, requestPage } from '../request/page-request.ts';
import type { PagePosition, ReadRequest, RequestedPage } from '../request/read-request.ts';
import { KeyedReadError, type Cursor } from './read-end.ts';

type Position = Required<Pick<PagePosition, 'skip' | 'count' | 'attempt'>> &
  Pick<PagePosition, 'isOptional'>;

/**
 * Requests a page whose rows are in order. If they are not, requests it once more.
 * @throws KeyedReadError if this endpoint cannot be read by key
 */
export async function requestInOrder(
  client: Client,
  request: ReadRequest,
  cursor: Cursor,
  position: Position,
): Promise<RequestedPage> {
  let page = await requestAt(client, request, cursor, position);
  if (ignoredOption(page.rows, request.endpoint, cursor.key)) {
    page = await requestAt(client, request, cursor, { ...position, attempt: position.attempt + 1 });
  }
  const ignored = ignoredOption(page.rows, request.endpoint, cursor.key);
  if (ignored) {
    request.limits.disable(ignored, 'ignored');
    throw new KeyedReadError(ignored);
  }
  noteIgnoredDates(page.rows, request);
  return page;
}

/** Requests a page and does not check its order. */
export async function requestAt(
  client: Client,
  request: ReadRequest,
  cursor: Cursor,
  position: Position,
): Promise<RequestedPage> {
  const page = await requestPage(client, request, {
    ...position,
    ...(cursor.key !== undefined && { key: keyClause(request.endpoint, cursor.key) }),
    orderby: pageOrder(request.endpoint),
  });
  for (const option of ['key filter', 'orderby'] as const) {
    if (!request.limits.supports(option)) throw new KeyedReadError(option);
  }
  return page;
}
