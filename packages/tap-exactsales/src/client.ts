import { setTimeout as sleep } from 'node:timers/promises';
import { log, timer } from '@exact-spotter/singer';
import { connectionError, finalError, statusError } from './api-faults.ts';
import { ApiRetriableError } from './errors.ts';
import type { Http, HttpAnswer } from './http.ts';
import { shift, type Instant } from './instant.ts';
import { queryText, type Query } from './odata.ts';
import type { Quota } from './quota.ts';
import { waitBefore } from './retry.ts';
import { readCount, readPage, type WirePage } from './wire-page.ts';

export interface ClientOptions {
  readonly http: Http;
  readonly quota: Quota;
  /** Without a slash at the end. */
  readonly apiUrl: string;
  readonly timeoutSeconds: number;
  readonly maxRetries: number;
  readonly signal: AbortSignal;
}

/** Milliseconds of waiting after which a request is given up, however many tries are left. */
const LONGEST_WAIT = 15 * 60_000;

/**
 * How often a request that failed is tried again: as often as is set; not after a timeout, when the
 * caller would rather ask for fewer rows; not at all, when it is a trial itself.
 */
export type Patience = 'full' | 'except timeouts' | 'none';

function isLast({ status, isTimeout }: ApiRetriableError, patience: Patience): boolean {
  if (patience === 'none') return status !== 429;
  return patience === 'except timeouts' && isTimeout;
}

/** Takes what it wants of a whole answer; undefined for an answer of another kind. */
type Read<T> = (answer: HttpAnswer) => T | undefined;

/** Requests with the budget, the time limit and the tries that every request has. */
export class Client {
  readonly #options: ClientOptions;
  /** How far the server's clock is behind ours, in milliseconds. */
  #serverLag = 0;
  /** Answers that a person has heard of; undefined is the want of one. */
  readonly #told = new Set<number | undefined>();

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /**
   * A page, used whole or not at all.
   * @throws ApiRejectedError for 400, ApiTimeoutError for the last timeout, ApiBrokenError for the
   * last 500, ApiSetError where this set cannot be read, ApiFatalError where nothing can
   */
  page(path: string, query: Query, patience: Patience): Promise<WirePage> {
    return this.#ask(path, query, readPage, patience);
  }

  /** `GET /<Set>/$count`: the rows that the filter finds. Throws as {@link page} does. */
  count(path: string, query: Query): Promise<number> {
    return this.#ask(`${path}/$count`, query, ({ text }) => readCount(text), 'full');
  }

  /** A moment of our clock on the server's, where that is behind: no bookmark may lie ahead of either. */
  atServer(ours: Instant): Instant {
    return shift(ours, -Math.max(0, this.#serverLag));
  }

  async #ask<T>(path: string, query: Query, read: Read<T>, patience: Patience): Promise<T> {
    const { maxRetries, signal } = this.#options;
    const tries = { failed: 0, overBudget: 0, waited: 0 };
    for (;;) {
      try {
        return await this.#try(path, query, read);
      } catch (fault) {
        if (!(fault instanceof ApiRetriableError)) throw fault;
        if (isLast(fault, patience)) throw finalError(fault);
        const wait = this.#waitAfter(fault, tries);
        tries.waited += wait;
        if (tries.failed > maxRetries || tries.waited > LONGEST_WAIT) throw finalError(fault);
        this.#tell(fault);
        await sleep(wait, undefined, { signal });
      }
    }
  }

  /** A person who waits hears once of each way in which the API stumbles; the rest is for who looks for it. */
  #tell({ message, status }: ApiRetriableError): void {
    if (this.#told.has(status)) log.debug(`${message}; trying again.`);
    else log.warning(`${message}; trying again (told once; LOGLEVEL=debug tells every time).`);
    this.#told.add(status);
  }

  /** Counts the fault, and says how many milliseconds to wait. A 429 uses up no try: the API is well. */
  #waitAfter(fault: ApiRetriableError, tries: { failed: number; overBudget: number }): number {
    const isOverBudget = fault.status === 429;
    const attempt = isOverBudget ? (tries.overBudget += 1) : (tries.failed += 1);
    const wait = waitBefore(fault, attempt, Math.random());
    if (isOverBudget) this.#options.quota.exceeded(wait);
    return wait;
  }

  async #try<T>(path: string, query: Query, read: Read<T>): Promise<T> {
    const request = `GET ${path}`;
    const answer = await this.#send(request, path, queryText(query));
    if (answer.status !== 200) throw statusError(request, answer);
    const value = read(answer);
    if (value !== undefined) return value;
    throw new ApiRetriableError({ request }, 'answered with something that is no page of rows');
  }

  async #send(request: string, path: string, query: string): Promise<HttpAnswer> {
    const { http, quota, apiUrl, timeoutSeconds, signal } = this.#options;
    const pass = await quota.pass(signal);
    const limit = AbortSignal.timeout(Math.ceil(timeoutSeconds * 1000));
    const measured = timer('http_request_duration', { endpoint: path });
    let status = 'failed';
    try {
      const url = `${apiUrl}${path}${query === '' ? '' : `?${query}`}`;
      const answer = await http.get(url, AbortSignal.any([signal, limit]), () => pass.answered());
      status = String(answer.status);
      this.#heed(answer.date);
      return answer;
    } catch (cause) {
      signal.throwIfAborted();
      throw connectionError(request, cause, limit.aborted, timeoutSeconds);
    } finally {
      measured.end({ http_status_code: status });
    }
  }

  #heed(date: string | undefined): void {
    const server = Date.parse(date ?? '');
    if (!Number.isNaN(server)) this.#serverLag = Date.now() - server;
  }
}
