import { tables } from '@exact-spotter/schema';
import { log } from '@exact-spotter/singer';
import type { Client } from './client.ts';
import { isLastPage, newProgress, wantsCount, type ReadProgress } from './last-page.ts';
import { pageOrder } from './page-order.ts';
import { askPage, noteIgnoredDates, type AskedPage, type PageRead } from './page-query.ts';
import type { Page } from './pages.ts';
import { valueAt, type WireRow } from './row.ts';
import type { SetLiteral } from './streams.ts';

/** Rows of the page before that are asked for again: so many may go or come between two pages unharmed. */
const OVERLAP = 20;
/** Times that a set is begun again because it moved farther than the overlap sees, or may have. */
const MOST_RESTARTS = 5;

/**
 * Pages counted off by `$skip`, for a set that can be read no better way. Rows that come and go
 * shift all that stand behind them, so every page begins inside the one before: where its rows
 * are found again, the reading goes on behind them; where none of them is, it begins anew. It also
 * begins anew where rows may have changed places unseen, until nothing new comes.
 */
export async function* offsetPages(client: Client, read: PageRead): AsyncGenerator<Page> {
  const found = new FoundRows(read);
  for (let restarts = 0; restarts < MOST_RESTARTS; restarts += 1) {
    found.begin();
    if (yield* onePass(client, read, found)) return;
  }
  log.warning(
    `${read.set.path} changes faster than it can be counted off: some of its rows may be missing until the next run.`,
    { stream: read.set.stream },
  );
  yield { rows: [], read: 0, isLast: true, isSure: false };
}

/** @returns false when the set moved too far, and is to be begun again */
async function* onePass(
  client: Client,
  read: PageRead,
  found: FoundRows,
): AsyncGenerator<Page, boolean> {
  const progress = newProgress();
  const identity = identityOf(read.set);
  let tail: string[] = [];
  for (let position = 0; ;) {
    const again = Math.min(overlap(read), position);
    const page = await askAt(client, read, position - again, progress);
    const identities = page.rows.map(identity);
    const from = behind(tail, identities);
    if (from === undefined && (page.rows.length > 0 || again > 0)) return false;
    const rows = page.rows.slice(from ?? 0);
    // Nothing but rows that are known: the end, or a server that does not heed the skip.
    const isKnown = position > 0 && rows.length === 0;
    if (isKnown && page.rows.length > again) return false;
    const isEnd = isLastPage(page, rows.length, progress, read.facts) || isKnown;
    // A row that was not met before may also stand where only known ones should.
    const missed = page.rows.filter(
      (_, index) => index < (from ?? 0) && found.lacks(identities[index]),
    );
    found.add(identities);
    const isLast = isEnd && (position === 0 || found.isWhole(progress.total));
    progress.rows = position = page.skip + page.rows.length;
    yield {
      rows: [...missed, ...rows],
      read: position,
      total: progress.total,
      isLast,
      isSure: true,
    };
    if (isEnd) return isLast;
    tail = identities.slice(-OVERLAP);
  }
}

/**
 * The rows that came, of a set whose order leaves room: where rows of one key stand now so and now
 * so, one comes twice, and another never. Their number tells. The keys of all rows are held for it,
 * some 100 bytes each: of such a set alone, and only where it must be counted off.
 */
class FoundRows {
  readonly #isLoose: boolean;
  readonly #found = new Set<string>();
  #before = 0;
  #passes = 0;

  constructor({ set, facts }: PageRead) {
    this.#isLoose = !set.pageKey.unique || !facts.honours('orderby');
  }

  begin(): void {
    this.#before = this.#found.size;
    this.#passes += 1;
  }

  add(identities: readonly string[]): void {
    if (!this.#isLoose) return;
    for (const identity of identities) this.#found.add(identity);
  }

  lacks(identity: string | undefined): boolean {
    return this.#isLoose && identity !== undefined && !this.#found.has(identity);
  }

  /** A set may hold the same row twice: then the number is never reached, and a pass brings nothing new. */
  isWhole(total: number | undefined): boolean {
    const isNothingNew = this.#passes > 1 && this.#found.size === this.#before;
    return !this.#isLoose || isNothingNew || (total !== undefined && this.#found.size >= total);
  }
}

async function askAt(
  client: Client,
  read: PageRead,
  skip: number,
  progress: ReadProgress,
): Promise<AskedPage> {
  const page = await askPage(client, read, {
    orderby: pageOrder(read.set),
    skip,
    count: wantsCount(progress, read.facts),
  });
  noteIgnoredDates(page.rows, read);
  return page;
}

/** At most half of what the server gives in one page. */
function overlap({ facts }: PageRead): number {
  return Math.min(OVERLAP, Math.floor(Math.min(facts.top, facts.longestPage) / 2));
}

/** Where the rows begin that stood behind `tail`; undefined where none of it is found. */
function behind(tail: readonly string[], identities: readonly string[]): number | undefined {
  if (tail.length === 0) return 0;
  for (const known of tail.toReversed()) {
    const found = identities.lastIndexOf(known);
    if (found >= 0) return found + 1;
  }
  return undefined;
}

/** The values under a row's key; the whole row where it has none. */
function identityOf({ stream, columns }: SetLiteral): (row: WireRow) => string {
  const paths = tables[stream]['x-key'].map((column) =>
    [columns[column] ?? column].flat().map((path) => path.split('.')),
  );
  return (row) => {
    const key = paths.map((sources) => sources.map((path) => valueAt(row, path) ?? null));
    return JSON.stringify(key.flat().every((value) => value === null) ? row : key);
  };
}
