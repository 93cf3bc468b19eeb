import type { Client } from './client.ts';
import { keyedPages, KeyedReadError } from './keyed-pages.ts';
import { offsetPages } from './offset-pages.ts';
import type { PageRead } from './page-query.ts';
import type { WireRow } from './row.ts';

/** Rows in the order of reading, and how far they reach. */
export interface Page {
  readonly rows: readonly WireRow[];
  /** Where a later run may go on: see {@link readPages}. Missing where it must start over. */
  readonly resume?: number;
  /** Rows of this read so far, each counted once however often it came. */
  readonly read: number;
  /** Rows of the whole read, as far as the server tells. */
  readonly total?: number | undefined;
  readonly isLast: boolean;
  /** False when rows may have been skipped: the set would not hold still, and has no key to read by. */
  readonly isSure: boolean;
}

/**
 * All rows of a read, page by page. The links of the server are never followed: they stand on
 * last pages too, and may lead anywhere. Pages are taken by key wherever the set can be filtered
 * and ordered by one, and counted off otherwise. The page key never changes in a row, so that
 * a row which changes during the read keeps its place: none is skipped, and none comes for ever.
 * @param resume what a page of an earlier run said; only rows behind it are read
 */
export async function* readPages(
  client: Client,
  read: PageRead,
  resume?: number,
): AsyncGenerator<Page> {
  if (read.facts.honours('key filter') && read.facts.honours('orderby')) {
    try {
      yield* keyedPages(client, read, resume);
      return;
    } catch (fault) {
      if (!(fault instanceof KeyedReadError)) throw fault;
    }
  }
  yield* offsetPages(client, read);
}
