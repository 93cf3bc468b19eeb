import { secondsToHours } from 'date-fns/secondsToHours';
import { secondsToMinutes } from 'date-fns/secondsToMinutes';
import { alignColumns, quantity } from './text.ts';

/** The progress of a read in numbers. */
export interface Figures {
  readonly rows: number;
  /** Number of rows in the whole read; undefined if the server does not say. */
  readonly total: number | undefined;
  /** An integer from 0 to 100. */
  readonly percent: number | undefined;
  /** Rows per second in the last minute; undefined in the first second. */
  readonly rate: number | undefined;
  /** Seconds left at this rate. */
  readonly toGo: number | undefined;
}

/** A read in progress. */
export interface NamedFigures extends Figures {
  readonly name: string;
}

/**
 * Milliseconds over which the rate is measured. Pages arrive in bursts, so this is longer than the
 * time span of the rate limit.
 */
const RATE_SPAN = 60_000;
const SHORTEST_SPAN = 1000;

/** Measures one read. All times are in milliseconds on the same clock. */
export class Gauge {
  #rows = 0;
  #total: number | undefined;
  /** Row counts over time. The first sample is the latest sample from before the span. */
  readonly #samples: { readonly at: number; readonly rows: number }[];

  constructor(now: number) {
    this.#samples = [{ at: now, rows: 0 }];
  }

  get rows(): number {
    return this.#rows;
  }

  /**
   * @param rows number of rows read so far; lower than before if the read started over
   * @param total number of rows in the whole read; undefined if the server does not say
   */
  reach(rows: number, total: number | undefined, now: number): void {
    this.#rows = rows;
    this.#total = total;
    this.#samples.push({ at: now, rows });
  }

  figures(now: number): Figures {
    const [rows, total, rate] = [this.#rows, this.#total, this.#rate(now)];
    return {
      rows,
      total,
      percent: total && Math.min(100, Math.floor((rows / total) * 100)),
      rate,
      toGo: total !== undefined && rate ? Math.max(0, total - rows) / rate : undefined,
    };
  }

  #rate(now: number): number | undefined {
    while ((this.#samples[1]?.at ?? now) < now - RATE_SPAN) this.#samples.shift();
    const since = this.#samples[0];
    if (!since || now - since.at < SHORTEST_SPAN) return undefined;
    return (Math.max(0, this.#rows - since.rows) / (now - since.at)) * 1000;
  }
}

/** Returns the lines for a terminal: one per read, in columns, then the rate limit. */
export function statusLines(reads: readonly NamedFigures[], requestsLeft: number): string[] {
  if (reads.length === 0) return [];
  const cells = reads.map((read) => [
    read.name,
    rowsText(read),
    percentText(read),
    rateText(read),
    timeText(read),
  ]);
  return [...alignColumns(cells, (column) => column > 0), limitText(requestsLeft)];
}

/** Returns one sentence for a log. @param rows number of rows in the whole run so far */
export function progressSentence(
  reads: readonly NamedFigures[],
  rows: number,
  requestsLeft: number,
): string {
  const parts = reads.map((read) => {
    const more = [percentText(read), rateText(read), timeText(read)].filter((text) => text !== '');
    return `${read.name} ${rowsText(read)}${more.length === 0 ? '' : ` (${more.join(', ')})`}`;
  });
  return `${count(rows)} ${rows === 1 ? 'row' : 'rows'} so far; reading ${parts.join('; ')}; ${limitText(requestsLeft)}.`;
}

/** The share of a minute from which on waiting for the rate limit is worth a line in the log. */
const MUCH = 0.2;

/**
 * Returns a sentence about a run that waits for the rate limit.
 * @param share the share of the last minute during which requests waited
 * @param pause for how many more milliseconds no request is sent because the API asked for a pause
 * @returns undefined if the run hardly waits
 */
export function rateLimitSentence(share: number, pause: number): string | undefined {
  if (pause > 0) {
    return `Waiting for another ${duration(Math.ceil(pause / 1000))} because the API reported that the token's rate limit is exceeded, which other integrations share.`;
  }
  const seconds = Math.round(Math.min(1, share) * 60);
  return share < MUCH
    ? undefined
    : `The rate limit made requests wait for ${seconds} s of the last minute.`;
}

function rowsText({ rows, total }: Figures): string {
  return total === undefined ? count(rows) : `${count(rows)} of ${count(total)}`;
}

function percentText({ percent }: Figures): string {
  return percent === undefined ? '' : `${percent} %`;
}

function rateText({ rate }: Figures): string {
  return rate === undefined ? '' : `${count(rate)} rows/s`;
}

function timeText({ toGo }: Figures): string {
  return toGo === undefined ? '' : `${duration(Math.ceil(toGo))} to go`;
}

function limitText(requestsLeft: number): string {
  return `${quantity(requestsLeft, 'request')} left within the rate limit`;
}

const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

function count(value: number): string {
  return NUMBER.format(value);
}

/** Seconds → `0:07`, `12:30`, `1:02:03`. */
function duration(seconds: number): string {
  const [hours, minutes] = [secondsToHours(seconds), secondsToMinutes(seconds) % 60];
  const tail = twoDigits(seconds % 60);
  return hours === 0 ? `${minutes}:${tail}` : `${hours}:${twoDigits(minutes)}:${tail}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
