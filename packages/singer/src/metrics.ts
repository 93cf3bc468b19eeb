import { isLogForPrograms, writeLog } from './log.ts';

/** Tags of a metric: `stream`, `endpoint`, `http_status_code`, `status`, … */
export type MetricTags = Readonly<Record<string, string | number>>;

/**
 * The minimum number of milliseconds between two metric lines of a counter, as in the Singer SDK.
 */
const COUNTER_INTERVAL = 60_000;

export interface Counter {
  add(amount?: number): void;
  /** Writes the count since the last metric line. */
  flush(): void;
}

/** Returns a counter that writes a metric line at most once a minute, and on `flush`. */
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
  /** Writes the seconds since the timer was created. */
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
 * Writes a metric in the form that singer-python and Meltano expect. In a log for people, metrics
 * would drown out everything else, so they are written as debug messages.
 */
function writeMetric(point: object): void {
  const level = isLogForPrograms() ? 'info' : 'debug';
  writeLog(level, `METRIC: ${JSON.stringify(point)}`, { metric: point });
}
