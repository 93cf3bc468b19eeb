import { log } from '@exact-spotter/singer';
import { millisecondsInSecond } from 'date-fns/constants';
import type { PageTime } from './api/page-time.ts';
import type { TapSettings } from './settings.ts';

/** What a run waited for, in milliseconds. */
interface Waits {
  /** The whole run. */
  readonly run: number;
  /** While requests waited for the rate limit. */
  readonly rateLimit: number;
  /** While rows waited for the reader of the output. */
  readonly reader: number;
  /** While as many requests were in flight as the settings allow. */
  readonly allInUse: number;
}

/** How fast requests can be sent, and how fast they are answered. */
export class Pace {
  readonly #pageTime: PageTime;
  /** The time span of the rate limit, in milliseconds. */
  readonly span: number;
  /** How long the rate limit makes a run wait for each request on average, in milliseconds. */
  readonly requestCost: number;

  constructor(pageTime: PageTime, settings: PaceSettings) {
    this.#pageTime = pageTime;
    this.span = settings.quota_seconds * millisecondsInSecond;
    this.requestCost = this.span / settings.quota_requests;
  }

  /** How long a page takes, in milliseconds; undefined before the first page of several rows. */
  get pageTime(): number | undefined {
    return this.#pageTime.average;
  }

  /**
   * How many requests have to be in flight so that the rate limit is used fully. Twice as many as on
   * average are needed, because the requests of a time span are sent together.
   */
  get requestsToFillLimit(): number {
    return Math.ceil((2 * (this.pageTime ?? 0)) / this.requestCost);
  }
}

type PaceSettings = Pick<TapSettings, 'quota_requests' | 'quota_seconds'>;

/** A wait that takes at least this share of a run is what bounded the run. */
const MUCH = 0.2;

/** Logs what bounded a run: the rate limit, the reader of the output, or the API's response time. */
export function logPace(waits: Waits, pace: Pace, concurrency: number): void {
  const bound = boundOf(waits);
  log.info(sentences[bound](waits, pace, concurrency), { bounded_by: bound });
}

type Bound = 'rate_limit' | 'target' | 'api_latency';

function boundOf({ run, rateLimit, reader }: Waits): Bound {
  const most = Math.max(rateLimit, reader);
  if (most < run * MUCH) return 'api_latency';
  return most === rateLimit ? 'rate_limit' : 'target';
}

const sentences: Readonly<
  Record<Bound, (waits: Waits, pace: Pace, concurrency: number) => string>
> = {
  rate_limit: ({ run, rateLimit }) =>
    `The rate limit set the pace: requests waited for it during ${percent(rateLimit, run)} of the ${seconds(run)}.`,
  target: ({ run, reader }) =>
    `The reader of the output set the pace: the tap waited for it during ${percent(reader, run)} of the ${seconds(run)}.`,
  api_latency: ({ run, allInUse }, { pageTime, requestsToFillLimit, span }, concurrency) =>
    [
      `The API's response time set the pace of the ${seconds(run)}`,
      pageTime === undefined ? '.' : `: a page took ${seconds(pageTime)}.`,
      run > span && allInUse > run / 2 && requestsToFillLimit > concurrency
        ? ` A higher concurrency than ${concurrency} would use more of the rate limit.`
        : '',
    ].join(''),
};

function percent(part: number, whole: number): string {
  return `${Math.round((part / whole) * 100)} %`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / millisecondsInSecond).toFixed(1)} s`;
}
