import type { JsonValue } from '@exact-spotter/singer';
import type { Client } from './client.ts';
import { literal } from './odata.ts';
import { isLastPage, newProgress, wantsCount, type ReadProgress } from './last-page.ts';
import { keyOf, misplaced, orderFault, pageOrder } from './page-order.ts';
import { askPage, noteIgnoredDates, type AskedPage, type PageRead } from './page-query.ts';
import type { Page } from './pages.ts';
import type { WireRow } from './row.ts';

/** The set cannot be read by key: filter or order are not honoured, or rows have no key. */
export class KeyedReadError extends Error {
  override readonly name = 'KeyedReadError';
}

/** Where the next page begins. */
interface Cursor {
  /** The last key that was read (unique), or the first that was not (shared by several rows). */
  readonly key: JsonValue | undefined;
  /** Rows of that key that have been read already: a page was too small for all of them. */
  readonly drained: number;
  readonly lastDrained?: string;
}

/** Times that a key's rows are begun again because they changed under the reader. */
const MOST_RESTARTS = 5;

/**
 * Pages by key. A unique key: `gt` the last one. A key that several rows share: rows of the last
 * key of a page are left for the next, which asks `ge`, so that no page ends inside a key; a key
 * with more rows than a page is read on by `$skip` within it, one row twice to see that they hold still.
 * @throws KeyedReadError when this set is to be read otherwise
 */
export async function* keyedPages(
  client: Client,
  read: PageRead,
  resume: number | undefined,
): AsyncGenerator<Page> {
  const progress = newProgress();
  let cursor: Cursor = { key: resume, drained: 0 };
  for (let restarts = 0; ;) {
    const page = await askChecked(client, read, cursor, progress);
    const fresh = page.rows.length - (cursor.drained > 0 ? 1 : 0);
    const isLast = isLastPage(page, fresh, progress, read.facts);
    if (!continues(page, cursor)) {
      restarts += 1;
      if (restarts > MOST_RESTARTS) throw new KeyedReadError('the rows of a key do not hold still');
      progress.rows -= cursor.drained;
      cursor = { key: cursor.key, drained: 0 };
      continue;
    }
    const { rows, next } = cut(page, cursor, read, isLast);
    progress.rows += rows.length;
    if (isLast && isDoubtful(progress, cursor)) await prove(client, read, next);
    yield {
      rows,
      ...(typeof next.key === 'number' && { resume: next.key }),
      read: progress.rows,
      total: progress.total,
      isLast,
      isSure: true,
    };
    if (isLast) return;
    cursor = next;
  }
}

/**
 * True for a read of several pages in which fewer rows came than its first count promised, or
 * without a count: some may have gone meanwhile, or stand where no page was asked for.
 */
function isDoubtful({ rows, total }: ReadProgress, { key }: Cursor): boolean {
  return key !== undefined && (total === undefined || rows < total);
}

/** A server that orders as it likes may send pages that look ordered, each by itself. */
async function prove(client: Client, read: PageRead, { key }: Cursor): Promise<void> {
  const fault = typeof key === 'number' ? await orderFault(client, read, key) : undefined;
  if (fault === undefined) return;
  read.facts.fails('orderby', fault);
  throw new KeyedReadError('orderby');
}

/** A page whose rows stand as asked. One that does not is asked for once more: it may be a slip. */
async function askChecked(
  client: Client,
  read: PageRead,
  cursor: Cursor,
  progress: ReadProgress,
): Promise<AskedPage> {
  let page = await askOnce(client, read, cursor, progress);
  if (misplaced(page.rows, read.set, cursor.key))
    page = await askOnce(client, read, cursor, progress);
  const broken = misplaced(page.rows, read.set, cursor.key);
  if (broken) {
    read.facts.fails(broken, 'ignored');
    throw new KeyedReadError(broken);
  }
  noteIgnoredDates(page.rows, read);
  return page;
}

async function askOnce(
  client: Client,
  read: PageRead,
  cursor: Cursor,
  progress: ReadProgress,
): Promise<AskedPage> {
  const page = await askPage(client, read, {
    ...keyClause(read, cursor),
    orderby: pageOrder(read.set),
    skip: Math.max(0, cursor.drained - 1),
    count: wantsCount(progress, read.facts),
  });
  for (const option of ['key filter', 'orderby'] as const) {
    if (!read.facts.honours(option)) throw new KeyedReadError(option);
  }
  return page;
}

function keyClause({ set }: PageRead, { key }: Cursor): { key?: string } {
  if (key === undefined) return {};
  const { member, unique } = set.pageKey;
  return { key: `${member} ${unique ? 'gt' : 'ge'} ${literal(key)}` };
}

/** True when a key's rows are read on where they were left. */
function continues({ rows }: AskedPage, { drained, lastDrained }: Cursor): boolean {
  if (drained === 0) return true;
  return rows[0] !== undefined && JSON.stringify(rows[0]) === lastDrained;
}

/** The rows to give out now, and where the next page begins. */
function cut(
  { rows: all }: AskedPage,
  cursor: Cursor,
  { set }: PageRead,
  isLast: boolean,
): { readonly rows: readonly WireRow[]; readonly next: Cursor } {
  const { member, unique } = set.pageKey;
  const rows = cursor.drained > 0 ? all.slice(1) : all;
  const last = all.at(-1);
  if (last === undefined) return { rows, next: cursor };
  const key = keyOf(last, member);
  if (unique || isLast) return { rows, next: { key, drained: 0 } };
  const begun = rows.findIndex((row) => keyOf(row, member) === key);
  const isOneKey = begun === 0 || (cursor.drained > 0 && key === cursor.key);
  if (!isOneKey) return { rows: rows.slice(0, begun), next: { key, drained: 0 } };
  const drained = (key === cursor.key ? cursor.drained : 0) + rows.length;
  return { rows, next: { key, drained, lastDrained: JSON.stringify(last) } };
}
