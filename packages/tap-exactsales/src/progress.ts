import {
  isLogForPrograms,
  isLogged,
  log,
  openStatusLines,
  stderrIsForPeople,
} from '@exact-spotter/singer';
import {
  Gauge,
  progressSentence,
  rateLimitSentence,
  statusLines,
  type NamedFigures,
} from './progress-text.ts';

/** Shows the progress of a run to people. */
export interface Progress {
  /**
   * Yields the pages of a read unchanged and counts their rows.
   * @param name what is being read, as shown to people
   */
  follow<P extends CountedPage>(name: string, pages: AsyncIterable<P>): AsyncGenerator<P>;
  end(): void;
}

interface CountedPage {
  /** Number of rows in this read so far. */
  readonly rowsRead: number;
  /** Number of rows in the whole read; undefined if the server does not say. */
  readonly total?: number | undefined;
}

/** Milliseconds between two updates of the terminal. */
const DRAW_INTERVAL = 200;
/** Milliseconds between two log lines. */
const LINE_INTERVAL = 60_000;

/** The state of the rate limit. */
interface RateLimit {
  /** How many requests may be sent at the moment. */
  readonly left: number;
  /** For how many milliseconds requests had to wait so far. */
  readonly waited: number;
  /** For how many more milliseconds no request is sent because the API asked for a pause. */
  readonly pause: number;
}

/**
 * Starts showing progress. On a terminal, lines below the log are redrawn in place. A log that
 * people read receives one line per minute. A log that programs read contains metrics instead of
 * progress lines. Both logs say once per minute if the rate limit makes the run wait, because a run
 * that waits would otherwise look like one that hangs.
 */
export async function startProgress(limit: RateLimit): Promise<Progress> {
  const reads = new Reads();
  if (!isLogged('info')) return progressOf(reads);
  if (!isLogForPrograms() && stderrIsForPeople()) {
    const lines = await openStatusLines();
    const stop = every(DRAW_INTERVAL, () => {
      lines.draw(statusLines(reads.figures(), limit.left));
    });
    return progressOf(reads, stop, () => lines.end());
  }
  let waitedBefore = limit.waited;
  const stop = every(LINE_INTERVAL, () => {
    const figures = reads.figures();
    const { waited, left, pause } = limit;
    if (figures.length > 0 && !isLogForPrograms()) {
      log.info(progressSentence(figures, reads.rows, left));
    }
    const sentence = rateLimitSentence((waited - waitedBefore) / LINE_INTERVAL, pause);
    if (sentence !== undefined) log.info(sentence);
    waitedBefore = waited;
  });
  return progressOf(reads, stop);
}

/** @param ends functions that are called in order when progress ends */
function progressOf(reads: Reads, ...ends: readonly (() => void)[]): Progress {
  return {
    follow: (name, pages) => reads.follow(name, pages),
    end: () => {
      for (const end of ends) end();
    },
  };
}

/** Starts a timer that does not keep the process alive. @returns a function that stops the timer */
function every(milliseconds: number, act: () => void): () => void {
  const timer = setInterval(act, milliseconds).unref();
  return () => clearInterval(timer);
}

/** The reads in progress, in the order in which they began. */
class Reads {
  readonly #current = new Map<Gauge, string>();
  #rowsOfEnded = 0;

  async *follow<P extends CountedPage>(name: string, pages: AsyncIterable<P>): AsyncGenerator<P> {
    const gauge = new Gauge(performance.now());
    this.#current.set(gauge, name);
    try {
      for await (const page of pages) {
        yield page;
        gauge.reach(page.rowsRead, page.total, performance.now());
      }
    } finally {
      this.#current.delete(gauge);
      this.#rowsOfEnded += gauge.rows;
    }
  }

  figures(): NamedFigures[] {
    const now = performance.now();
    return Array.from(this.#current, ([gauge, name]) => ({ name, ...gauge.figures(now) }));
  }

  /** Number of rows in the run so far. */
  get rows(): number {
    const current = Array.from(this.#current.keys(), (gauge) => gauge.rows);
    return current.reduce((sum, rows) => sum + rows, this.#rowsOfEnded);
  }
}
