import type { TableName } from '@exact-spotter/schema';
import { log, stdoutOutput, terminationSignal } from '@exact-spotter/singer';
import { Client } from './client.ts';
import { AccountClock } from './clock.ts';
import { Http } from './http.ts';
import type { Instant } from './instant.ts';
import type { PlanSettings } from './plan.ts';
import { EARLIEST_START } from './program.ts';
import { startProgress } from './progress/progress.ts';
import { Quota } from './quota.ts';
import type { SelectedStream } from './select.ts';
import type { TapSettings } from './settings.ts';
import type { State } from './state.ts';
import { sync } from './sync.ts';
import { Writer } from './writer.ts';

/** Milliseconds that a run which is told to end may take; a reader that does not read must not hold it. */
const LONGEST_END = 4000;

/**
 * Makes the parts of a run, runs it, and ends it in order: a termination signal drops the pages
 * under way, and the last state that is true goes out.
 */
export async function runSync(
  settings: TapSettings,
  selected: ReadonlyMap<TableName, SelectedStream>,
  state: State,
): Promise<void> {
  const termination = terminationSignal();
  const failure = new AbortController();
  const signal = AbortSignal.any([termination, failure.signal]);
  const http = openHttp(settings);
  const writer = new Writer(stdoutOutput(), state);
  const clock = new AccountClock(settings.timezone);
  const options = clientOptions(settings);
  const progress = await startProgress(() => options.quota.left);
  termination.addEventListener('abort', () =>
    setTimeout(() => process.exit(0), LONGEST_END).unref(),
  );
  try {
    await sync({
      selected,
      settings: planSettings(settings, clock),
      concurrency: settings.concurrency,
      context: {
        client: new Client({ http, ...options, signal }),
        clock,
        state,
        writer,
        pageSize: settings.page_size,
        facts: new Map(),
        progress,
      },
      signal,
      stop: () => failure.abort(),
    });
  } catch (fault) {
    if (!termination.aborted) throw fault;
    log.info('Told to end: the run stops here, and the next one goes on from there.');
    await writer.state();
  } finally {
    progress.end();
    await http.close();
    await writer.end();
  }
}

function openHttp({ api_token: token, user_agent: userAgent, concurrency }: TapSettings): Http {
  return new Http({
    headers: { token_exact: token.trim(), 'user-agent': userAgent },
    connections: concurrency,
  });
}

function clientOptions(settings: TapSettings): {
  readonly quota: Quota;
  readonly apiUrl: string;
  readonly timeoutSeconds: number;
  readonly maxRetries: number;
} {
  return {
    quota: new Quota(settings.quota_requests, settings.quota_seconds),
    apiUrl: settings.api_url.replace(/\/+$/, ''),
    timeoutSeconds: settings.request_timeout_seconds,
    maxRetries: settings.max_retries,
  };
}

function planSettings(settings: TapSettings, clock: AccountClock): PlanSettings {
  return {
    startDate: toInstant(settings.start_date, clock),
    isFromTheBeginning: settings.start_date === EARLIEST_START,
    pastDays: settings.past_days,
    futureDays: settings.future_days,
    fullRefreshDays: settings.full_refresh_days,
    lookbackDays: settings.lookback_days,
  };
}

function toInstant(date: string, clock: AccountClock): Instant {
  const instant = clock.toInstant(date, 'zoned');
  if (instant === undefined) throw new Error('a start date that the checks let through');
  return instant;
}
