import type { TableName } from '@exact-spotter/schema';
import { log } from '@exact-spotter/singer';
import { endedBookmark, progressMarkers, type Reach } from './bookmarks.ts';
import type { Client } from './client.ts';
import type { AccountClock } from './clock.ts';
import { dateFilter, dateReader, type DateFilter } from './date-range.ts';
import { factsOf, type SetFacts } from './facts.ts';
import { feedReaders, selectedMembers } from './feed.ts';
import { later, type Instant } from './instant.ts';
import { readPages, type Page } from './pages.ts';
import type { Feed, ReadPlan } from './plan.ts';
import type { Progress } from './progress/progress.ts';
import type { RowReader, WireRow } from './row.ts';
import { isWholeWithin } from './shared-read.ts';
import type { State } from './state.ts';
import { unknownFieldsReporter } from './unknown-fields.ts';
import type { OutgoingRow, Writer } from './writer.ts';

/** What every read of a run shares. */
export interface ReadContext {
  readonly client: Client;
  readonly clock: AccountClock;
  readonly state: State;
  readonly writer: Writer;
  readonly pageSize: number;
  /** What has been found out about a set, by its path. */
  readonly facts: Map<string, SetFacts>;
  readonly progress: Progress;
}

/** How a read went. */
export interface ReadResult {
  /** Rows of the set that came. */
  readonly read: number;
  /** Rows that could not be sent for want of a key. */
  readonly withoutKey: number;
  /** False when rows may be missing. */
  readonly isSure: boolean;
  /** A feed that this set turned out not to serve: it is to be read by itself. */
  readonly apart: Feed | undefined;
}

/** Reads a set from its first page to its last: pages → rows → lines, with a checkpoint after each page. */
export async function runRead(plan: ReadPlan, context: ReadContext): Promise<ReadResult> {
  const run = new Run(plan, context);
  for await (const page of run.pages()) await run.take(page);
  return run.finish();
}

class Run {
  readonly #plan: ReadPlan;
  readonly #context: ReadContext;
  readonly #facts: SetFacts;
  /** One, or two as long as the set proves to serve both. */
  #feeds: readonly Feed[];
  #readers: readonly RowReader[];
  #apart: Feed | undefined;
  #isProven = false;
  readonly #dates: DateFilter;
  readonly #dateOf: (row: WireRow) => Instant | undefined;
  readonly #report: (rows: readonly WireRow[]) => void;
  #newest: Instant | undefined;
  #startedAt: Instant;
  #isSure = true;
  #read = 0;

  constructor(plan: ReadPlan, context: ReadContext) {
    this.#plan = plan;
    this.#context = context;
    this.#facts = factsOf(plan.set.path, context.facts, context.pageSize);
    this.#feeds = plan.feeds;
    this.#readers = plan.feeds.flatMap((feed) => feedReaders(feed, context.clock));
    this.#dates = dateFilter(plan.set, plan.range, context.clock);
    this.#dateOf = dateReader(plan.set, context.clock);
    this.#report = unknownFieldsReporter(plan.set);
    this.#newest = plan.progress?.newest;
    this.#startedAt = plan.startedAt;
  }

  pages(): AsyncGenerator<Page> {
    const { set, feeds, progress } = this.#plan;
    const select = selectedMembers(feeds);
    const read = { set, facts: this.#facts, dates: this.#dates, ...(select && { select }) };
    const pages = readPages(this.#context.client, read, progress?.after);
    return this.#context.progress.follow(feeds.map((feed) => feed.set.stream).join(' + '), pages);
  }

  async take(page: Page): Promise<void> {
    const { state, writer, client } = this.#context;
    // An answer tells the server's clock: what changes from the start on is for the next run.
    if (!this.#plan.progress) this.#startedAt = client.atServer(this.#plan.startedAt);
    await this.#prove(page);
    this.#isSure &&= page.isSure;
    this.#read = page.read;
    this.#report(page.rows);
    const rows = page.rows.filter((row) => this.#dates.contains(row));
    for (const row of rows) this.#note(row);
    await writer.rows(this.#outgoing(rows), Date.now());
    if (page.isLast) return;
    const markers = progressMarkers(page.resume, this.#plan, this.#reach());
    for (const stream of this.#streams()) {
      state.set(stream, { ...state.bookmark(stream), progress_markers: markers });
    }
    await writer.state();
  }

  async finish(): Promise<ReadResult> {
    if (this.#isSure) await this.#conclude();
    await this.#context.writer.state();
    const withoutKey = this.#readers.reduce((sum, reader) => sum + reader.withoutKey, 0);
    return { read: this.#read, withoutKey, isSure: this.#isSure, apart: this.#apart };
  }

  /** Two feeds of one read stay together if its rows hold all that both want: told by the first that come. */
  async #prove({ rows }: Page): Promise<void> {
    const [narrower, wider] = this.#feeds;
    if (this.#isProven || !narrower || !wider || rows.length === 0) return;
    this.#isProven = true;
    if (await isWholeWithin(narrower, rows, this.#context.client)) return;
    this.#apart = narrower;
    this.#feeds = [wider];
    this.#readers = feedReaders(wider, this.#context.clock);
  }

  /**
   * Everything has come: what did not come is gone, and the bookmarks move on. In this order: a
   * state that another stream writes in between must not claim what has not been said yet.
   */
  async #conclude(): Promise<void> {
    await this.#claim();
    const { state } = this.#context;
    for (const stream of this.#streams()) {
      state.set(stream, endedBookmark(stream, state.bookmark(stream), this.#plan, this.#reach()));
    }
  }

  async #claim(): Promise<void> {
    const { version, isComplete } = this.#plan;
    if (version === undefined || this.#isHiding()) return;
    await this.#claimWindow(version);
    if (!isComplete) return;
    for (const stream of this.#streams()) {
      await this.#context.writer.activateVersion(stream, version);
    }
  }

  /** Repeats the schema with the range that was read whole; a target may take the rest of it as gone. */
  async #claimWindow(version: number): Promise<void> {
    const { method, set, range } = this.#plan;
    const own = this.#feeds
      .flatMap((feed) => feed.streams)
      .find(({ stream }) => stream === set.stream);
    if (method !== 'window' || !own || !set.date) return;
    const covered = { column: set.date.column, from: range.from, to: range.to, version };
    await this.#context.writer.schema(own, { 'x-covered': covered });
  }

  /** A server that hides rows from whoever asks without a date, and that takes no date. */
  #isHiding(): boolean {
    const { set } = this.#plan;
    const isHiding = set.hidesWithoutDate === true && !this.#facts.honours('date filter');
    if (isHiding) {
      log.warning(
        `${set.path}: without a date filter the API hides old rows, so rows that did not come are not taken as deleted.`,
        { stream: set.stream },
      );
    }
    return isHiding;
  }

  #note(row: WireRow): void {
    const date = this.#dateOf(row);
    if (date === undefined) return;
    this.#newest = this.#newest === undefined ? date : later(this.#newest, date);
  }

  /** The row of each feed with its children behind it: no line comes between them. */
  *#outgoing(rows: readonly WireRow[]): Generator<OutgoingRow> {
    const readers = this.#readers.map((reader) => ({
      reader,
      version: this.#plan.version ?? this.#context.state.bookmark(reader.stream).version,
    }));
    for (const row of rows) {
      for (const { reader, version } of readers) {
        for (const made of reader.read(row)) yield { stream: reader.stream, row: made, version };
      }
    }
  }

  #reach(): Reach {
    return {
      startedAt: this.#startedAt,
      ...(this.#newest !== undefined && { newest: this.#newest }),
    };
  }

  #streams(): TableName[] {
    return this.#feeds.flatMap(({ streams }) => streams.map(({ stream }) => stream));
  }
}
