import { isLogForPrograms, writeLog } from './log.ts';

/** Tags of a metric: `stream`, `endpoint`, `http_status_code`, `status`, … */
export type MetricTags = Readonly<Record<string, string | number>>;

/** Milliseconds between two lines of a counter, as in the Singer SDK. */
const COUNTER_INTERVAL = 60_000;

export interface Counter {
  add(amount?: number): void;
  /** Writes what was counted since the last line. */
  flush(): void;
}

/** Counts, and writes a metric line at most once a minute and at the end. */
export function counter(metric: string, tags: MetricTags): Counter {
  let value = 0;
  let written = Date.now();
  const flush = (): void => {
    if (value > 0) writeMetric({ type: 'counter', metric, value, tags });
    value = 0;
    written = Date.now();
  };
  return {
    add(amount = 1) {
      value += amount;
      if (Date.now() - written >= COUNTER_INTERVAL) flush();
    },
    flush,
  };
}

export interface Timer {
  /** Writes the seconds since the timer was made. */
  end(tags?: MetricTags): void;
}

export function timer(metric: string, tags: MetricTags): Timer {
  const start = performance.now();
  return {
    end(more = {}) {
      const value = (performance.now() - start) / 1000;
      writeMetric({ type: 'timer', metric, value, tags: { ...tags, ...more } });
    },
  };
}

/**
 * The form that singer-python's and Meltano's readers look for. In a log that is written for people
 * they would bury what is said in words, so there they stand at the level of debugging.
 */
function writeMetric(point: object): void {
  const level = isLogForPrograms() ? 'info' : 'debug';
  writeLog(level, `METRIC: ${JSON.stringify(point)}`, { metric: point });
}
