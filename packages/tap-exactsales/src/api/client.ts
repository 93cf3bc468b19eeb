import { setTimeout as sleep } from 'node:timers/promises';
import { log, shiftInstant, timer, type Instant } from '@exact-spotter/singer';
import type { TapSettings } from '../settings.ts';
import {
  ApiRetriableError,
  connectionError,
  finalError,
  statusError,
  type Route,
} from './errors.ts';
import { Http, type HttpResponse } from './http.ts';
import { pastCache, queryText, readCount, parsePage, type ApiPage, type Query } from './odata.ts';
import { PageTime } from './page-time.ts';
import { hostOf, proxyFor } from './proxy.ts';
import { Quota } from './quota.ts';
import { Retries } from './retry.ts';
import { Slots } from './slots.ts';
import { withoutEndingSlashes } from '../text.ts';

export interface Connection {
  readonly client: Client;
  readonly quota: Quota;
  readonly close: () => Promise<void>;
}

/** @param signal aborts the requests in flight */
export function connect(settings: TapSettings, signal: AbortSignal): Connection {
  const apiUrl = withoutEndingSlashes(settings.api_url.trim());
  const proxy = proxyFor(apiUrl, process.env);
  const http = new Http({
    proxy,
    headers: { token_exact: settings.api_token.trim(), 'user-agent': settings.user_agent },
    connections: settings.concurrency,
  });
  const quota = new Quota(settings.quota_requests, settings.quota_seconds);
  const client = new Client({
    http,
    quota,
    apiUrl,
    route: { host: hostOf(apiUrl), proxy },
    timeoutSeconds: settings.request_timeout_seconds,
    maxRetries: settings.max_retries,
    signal,
    concurrency: settings.concurrency,
  });
  return { client, quota, close: () => http.close() };
}

interface ClientOptions {
  readonly http: Http;
  readonly quota: Quota;
  /** The base URL, without a trailing slash. */
  readonly apiUrl: string;
  readonly route: Route;
  readonly timeoutSeconds: number;
  readonly maxRetries: number;
  readonly signal: AbortSignal;
  /** Maximum number of requests in flight. */
  readonly concurrency: number;
}

/**
 * Defines which failed requests are retried. With `except timeouts`, the caller requests fewer rows
 * after a timeout. With `never`, the request only tests what the server accepts.
 */
export type RetryPolicy = 'always' | 'except timeouts' | 'never';

/** Sends requests within the rate limit, with the timeout and the retries from the settings. */
export class Client {
  readonly pageTime = new PageTime();
  readonly #options: ClientOptions;
  readonly #slots: Slots;
  /** How many milliseconds the server's clock is behind our clock. */
  #serverLag: number | undefined;
  /**
   * The statuses for which a warning has been logged. `undefined` stands for a request without a
   * response.
   */
  readonly #warned = new Set<number | undefined>();
  constructor(options: ClientOptions) {
    this.#options = options;
    this.#slots = new Slots(options.concurrency);
  }

  /** For how many milliseconds as many requests were in flight as the settings allow. */
  get allInUse(): number {
    return this.#slots.allInUse;
  }

  /**
   * Requests a page.
   * @throws ApiRejectedError after a 400 or a 501; ApiTimeoutError or ApiBrokenError if the last
   * attempt ends with a timeout or a 500; ApiEndpointError if this endpoint cannot be read;
   * ApiFatalError if no endpoint can be read
   */
  page(path: string, query: Query, policy: RetryPolicy): Promise<ApiPage> {
    const { attempt = 0 } = query;
    let mistakes = 0;
    return this.#retrying(policy, async () => {
      const sent = pastCache({ ...query, attempt: attempt + mistakes });
      const page = parsePage(await this.#get(path, sent));
      if (page) this.pageTime.note(page);
      if (page) return { ...page, ...(sent.top !== undefined && { top: sent.top }) };
      mistakes += 1;
      return unusable(path);
    });
  }

  /**
   * Requests `/<Set>/$count`, the number of rows that match the filter. Throws the same errors as
   * {@link page}.
   */
  count(path: string, query: Query): Promise<number> {
    const countPath = `${path}/$count`;
    // OData servers ignore options whose names do not begin with `$`.
    const extra = query.attempt ? `_=${query.attempt}` : '';
    return this.#retrying('always', async () => {
      return readCount((await this.#get(countPath, query, extra)).text) ?? unusable(countPath);
    });
  }

  /** The server's time in milliseconds since 1970; undefined if no response had a date. */
  get serverTime(): number | undefined {
    return this.#serverLag === undefined ? undefined : Date.now() - this.#serverLag;
  }

  /**
   * Converts an instant from our clock to the server's clock if the server's clock is behind. This
   * way, a bookmark is never ahead of either clock.
   */
  atServer(ours: Instant): Instant {
    return shiftInstant(ours, -Math.max(0, this.#serverLag ?? 0));
  }

  async #retrying<T>(policy: RetryPolicy, attempt: () => Promise<T>): Promise<T> {
    const { maxRetries, signal } = this.#options;
    const counted = new Retries(maxRetries);
    for (let retries = 0; ; retries += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof ApiRetriableError)) throw error;
        if (isFinal(error, policy)) throw finalError(error, retries);
        const { wait, isLast } = counted.waitAfter(error, Math.random());
        if (error.status === 429) this.#options.quota.exceeded(wait);
        if (isLast) throw finalError(error, retries);
        this.#warn(error);
        await sleep(wait, undefined, { signal });
      }
    }
  }

  /** Warns once per status; repetitions go to the debug log. */
  #warn({ message, status }: ApiRetriableError): void {
    if (this.#warned.has(status)) log.debug(`${message}; trying again.`);
    else log.warning(`${message}; trying again. Set LOGLEVEL=debug to log every repetition.`);
    this.#warned.add(status);
  }

  async #get(path: string, query: Query, extra = ''): Promise<HttpResponse> {
    const options = [queryText(query), extra].filter((option) => option !== '');
    const response = await this.#send(path, options.join('&'));
    if (response.status !== 200) throw statusError(nameOf(path), response);
    return response;
  }

  /**
   * Waits for a slot before it asks for a place within the rate limit, because a request that has its
   * place must reach the server soon.
   */
  #send(path: string, query: string): Promise<HttpResponse> {
    return this.#slots.run(() => this.#sendNow(path, query));
  }

  async #sendNow(path: string, query: string): Promise<HttpResponse> {
    const { http, quota, apiUrl, route, timeoutSeconds, signal } = this.#options;
    const pass = await quota.pass(signal);
    const timeout = AbortSignal.timeout(Math.ceil(timeoutSeconds * 1000));
    const measured = timer('http_request_duration', { endpoint: path });
    let status = 'failed';
    try {
      const url = `${apiUrl}${path}${query === '' ? '' : `?${query}`}`;
      const response = await http.get(url, AbortSignal.any([signal, timeout]), () =>
        pass.answered(),
      );
      status = String(response.status);
      this.#compareClocks(response.date);
      return response;
    } catch (cause) {
      signal.throwIfAborted();
      const limit = timeout.aborted ? timeoutSeconds : undefined;
      throw connectionError(nameOf(path), route, cause, limit);
    } finally {
      measured.end({ http_status_code: status });
    }
  }

  #compareClocks(date: string | undefined): void {
    const server = Date.parse(date ?? '');
    if (!Number.isNaN(server)) this.#serverLag = Date.now() - server;
  }
}

function isFinal({ status, isTimeout }: ApiRetriableError, policy: RetryPolicy): boolean {
  if (policy === 'never') return status !== 429;
  return policy === 'except timeouts' && isTimeout;
}

function unusable(path: string): never {
  throw new ApiRetriableError(`${nameOf(path)} did not return a page of rows`);
}

/** Returns the name of a request for error messages. */
function nameOf(path: string): string {
  return `GET ${path}`;
}
