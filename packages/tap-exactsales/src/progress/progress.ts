import {
  isLogForPrograms,
  isTold,
  log,
  openStatusLines,
  stderrIsForPeople,
} from '@exact-spotter/singer';
import { Gauge } from './gauge.ts';
import { progressSentence, statusLines, type Named } from './text.ts';

/** Tells people how far a run is. */
export interface Progress {
  /**
   * The pages of a read, counted as they are taken.
   * @param name what is being read, for people
   */
  follow<P extends CountedPage>(name: string, pages: AsyncIterable<P>): AsyncGenerator<P>;
  end(): void;
}

interface CountedPage {
  /** Rows of this read so far. */
  readonly read: number;
  /** Rows of the whole read, as far as the server tells. */
  readonly total?: number | undefined;
}

/** Milliseconds between two drawings, and between two lines of a log. */
const INTERVALS = { draw: 200, line: 60_000 } as const;

/**
 * On a terminal: lines that are redrawn in place, below those of the log. Elsewhere: a line of the
 * log a minute. In a log that programs read: nothing, for they have the metrics.
 * @param requestsLeft asks how many requests of the budget could leave at once
 */
export async function startProgress(
  requestsLeft: () => number,
  intervals: { readonly draw: number; readonly line: number } = INTERVALS,
): Promise<Progress> {
  const book = new Book();
  if (isLogForPrograms() || !isTold('info')) return progress(book);
  if (stderrIsForPeople()) {
    const lines = await openStatusLines();
    const stop = every(intervals.draw, () => {
      lines.draw(statusLines(book.reads(), requestsLeft()));
    });
    return progress(book, stop, () => lines.end());
  }
  const stop = every(intervals.line, () => {
    const reads = book.reads();
    if (reads.length > 0) log.info(progressSentence(reads, book.rows, requestsLeft()));
  });
  return progress(book, stop);
}

/** @param ends called in order, once */
function progress(book: Book, ...ends: readonly (() => void)[]): Progress {
  return {
    follow: (name, pages) => book.follow(name, pages),
    end: () => {
      for (const end of ends) end();
    },
  };
}

/** The timer holds no run open. @returns what stops it */
function every(milliseconds: number, act: () => void): () => void {
  const timer = setInterval(act, milliseconds).unref();
  return () => clearInterval(timer);
}

/** The reads under way, in the order in which they began. */
class Book {
  readonly #underWay = new Map<Gauge, string>();
  #rowsOfEnded = 0;

  async *follow<P extends CountedPage>(name: string, pages: AsyncIterable<P>): AsyncGenerator<P> {
    const gauge = new Gauge(performance.now());
    this.#underWay.set(gauge, name);
    try {
      for await (const page of pages) {
        yield page;
        gauge.reach(page.read, page.total, performance.now());
      }
    } finally {
      this.#underWay.delete(gauge);
      this.#rowsOfEnded += gauge.rows;
    }
  }

  reads(): Named[] {
    const now = performance.now();
    return Array.from(this.#underWay, ([gauge, name]) => ({ name, ...gauge.figures(now) }));
  }

  /** Rows of the run so far. */
  get rows(): number {
    const underWay = Array.from(this.#underWay.keys(), (gauge) => gauge.rows);
    return underWay.reduce((sum, rows) => sum + rows, this.#rowsOfEnded);
  }
}
