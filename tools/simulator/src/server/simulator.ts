import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Account } from '../account/account.ts';
import { defaultBehaviour, type Behaviour } from '../behaviour/behaviour.ts';
import { AnswerCache } from '../behaviour/answer-cache.ts';
import { FaultPlan, isContentFault, type Fault, type FaultRule } from '../behaviour/fault-plan.ts';
import { Quota, retryAfter, serverTime, type QuotaReport } from '../behaviour/quota.ts';
import { answerRequest, plainMessage, type Answer, type Hosts } from './answer.ts';
import { createEntry, type RequestEntry } from './requests.ts';
import { send } from './send.ts';

export interface SimulatorOptions {
  readonly account: Account;
  /** The value that clients must send in the token_exact header. */
  readonly token: string;
  /** Options that override the default behaviour. */
  readonly behaviour?: Partial<Behaviour>;
  /** The port to listen on (default: a free port). */
  readonly port?: number;
}

/** Is called for each request that passes the token and rate limit checks. May edit the account. */
export type Watcher = (request: RequestEntry) => void;

export interface DecoyRequest {
  readonly path: string;
  /** True if the URL or a header contained the token, which clients must not send to this host. */
  readonly withToken: boolean;
}

/** A second host, the target of faulty links and redirects. It answers with an empty page. */
export interface Decoy {
  readonly url: string;
  readonly requests: DecoyRequest[];
  readonly server: Server;
}

/** A running simulator. */
export class Simulator {
  /** The base URL of the API. */
  readonly url: string;
  /** The base URL of control requests, such as `POST <controlUrl>/live`. */
  readonly controlUrl: string;
  readonly account: Account;
  readonly #options: SimulatorOptions;
  readonly #server: Server;
  readonly #decoy: Decoy;
  readonly #onRequest = new Set<Watcher>();
  readonly #beforeResponse = new Set<Watcher>();
  #requests: RequestEntry[] = [];
  #behaviour: Behaviour;
  #plan = new FaultPlan([]);
  #quota = new Quota();
  #cache = new AnswerCache<Answer>();
  #number = 0;

  constructor(options: SimulatorOptions, server: Server, origin: string, decoy: Decoy) {
    this.url = `${origin}/v3`;
    this.controlUrl = `${origin}/control`;
    this.account = options.account;
    this.#options = options;
    this.#server = server;
    this.#decoy = decoy;
    this.#behaviour = { ...defaultBehaviour, ...options.behaviour };
  }

  /** All requests to the API since the start or the last call of `clearRequests`. */
  get requests(): readonly RequestEntry[] {
    return this.#requests;
  }

  /**
   * How many requests the client sent in its busiest window, and how many were refused, since the
   * quota was last set.
   */
  get quota(): QuotaReport {
    return this.#quota.report;
  }

  /** All requests to the second host, the target of faulty links and redirects. */
  get decoyRequests(): readonly DecoyRequest[] {
    return this.#decoy.requests;
  }

  /** Clears the list of requests. */
  clearRequests(): void {
    this.#requests = [];
  }

  /** Changes how the server answers, and clears the cache. Setting a quota restarts its count. */
  behave(changes: Partial<Behaviour>): void {
    this.#behaviour = { ...this.#behaviour, ...changes };
    this.#cache = new AnswerCache();
    if ('quota' in changes) this.#quota = new Quota();
  }

  /** Replaces the fault plan. An empty plan ends all faults. */
  faults(plan: readonly FaultRule[]): void {
    this.#plan = new FaultPlan(plan);
  }

  /**
   * Calls `watcher` for each request before it is processed.
   * @returns a function that removes the watcher
   */
  onRequest(watcher: Watcher): () => void {
    this.#onRequest.add(watcher);
    return () => this.#onRequest.delete(watcher);
  }

  /**
   * Calls `watcher` for each request after its rows are read and before they are sent.
   * @returns a function that removes the watcher
   */
  beforeResponse(watcher: Watcher): () => void {
    this.#beforeResponse.add(watcher);
    return () => this.#beforeResponse.delete(watcher);
  }

  /** Restores the initial behaviour, ends all faults and clears the requests. Keeps the account. */
  reset(): void {
    this.#behaviour = { ...defaultBehaviour, ...this.#options.behaviour };
    this.#plan = new FaultPlan([]);
    this.#quota = new Quota();
    this.#cache = new AnswerCache();
    this.clearRequests();
  }

  /** Closes all connections and stops the servers without waiting for pending responses. */
  async stop(): Promise<void> {
    for (const server of [this.#server, this.#decoy.server]) {
      if (!server.listening) continue;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    }
  }

  /** Answers one request to the API. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const entry = createEntry(request, this.url, this.account, (this.#number += 1));
    this.#requests.push(entry);
    const outcome = this.#refuse(request) ?? (await this.#answer(entry, response));
    if (!outcome) return;
    const { answer, headers, fault } = outcome;
    entry.rows = answer.rows;
    entry.status = answer.status;
    const { quota = {}, gzip } = this.#behaviour;
    const date = new Date(serverTime(quota)).toUTCString();
    const { otherUrl } = this.#hosts;
    const exchange = { request, response, headers: { date, ...headers }, gzip, otherUrl };
    entry.status = await send(exchange, answer, fault);
  }

  get #hosts(): Hosts {
    return { url: this.url, otherUrl: `${this.#decoy.url}/v3` };
  }

  /** @returns undefined if the request is a GET with the token and within the rate limit */
  #refuse(request: IncomingMessage): Outcome | undefined {
    if (request.headers['token_exact'] !== this.#options.token) {
      return { answer: plainMessage(401, 'TokenRequired') };
    }
    const seconds = this.#quota.admit(this.#behaviour);
    const { quota } = this.#behaviour;
    if (quota && seconds !== undefined) {
      const headers = retryAfterHeader(retryAfter(quota, seconds));
      return { answer: plainMessage(429, 'Too many requests.'), headers };
    }
    if (request.method === 'GET') return undefined;
    const text = `The requested resource does not support http method '${request.method ?? ''}'.`;
    return { answer: plainMessage(405, text) };
  }

  /** @returns undefined if the client has closed the connection */
  async #answer(entry: RequestEntry, response: ServerResponse): Promise<Outcome | undefined> {
    for (const watcher of this.#onRequest) watcher(entry);
    const { latencyMs } = this.#behaviour;
    await pause(typeof latencyMs === 'number' ? latencyMs : latencyMs(entry.set));
    if (isDisconnected(response)) return undefined;
    const planned = this.#plan.next(entry.set);
    const cached = this.#cache.get(this.#behaviour, entry.set, entry.url);
    // The cache is in front of the server, so a repeated answer keeps its original content.
    const fault = cached && isContentFault(planned) ? undefined : planned;
    if (fault !== undefined) {
      entry.fault = typeof fault === 'string' ? fault : JSON.stringify(fault);
    }
    const failed = failure(fault);
    if (failed) return failed;
    if (cached) entry.cached = true;
    const answer = cached ?? (await this.#compute(entry, response, fault));
    for (const watcher of this.#beforeResponse) watcher(entry);
    return isDisconnected(response) ? undefined : { answer, ...(fault !== undefined && { fault }) };
  }

  async #compute(
    entry: RequestEntry,
    response: ServerResponse,
    fault: Fault | undefined,
  ): Promise<Answer> {
    const answer = answerRequest(this.account, this.#behaviour, entry, this.#hosts, fault);
    const slow = this.#behaviour.slowSets[entry.set];
    if (slow && answer.rows > slow.rows) await pause(slow.ms);
    await pause(answer.slowMs ?? 0);
    if (answer.status === 200 && !isDisconnected(response)) {
      this.#cache.keep(this.#behaviour, entry.set, entry.url, answer);
    }
    return answer;
  }
}

/** What is sent to the client. */
interface Outcome {
  readonly answer: Answer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fault?: Fault;
}

/** Returns the answer to send if the fault is an HTTP status; undefined for all other faults. */
function failure(fault: Fault | undefined): Outcome | undefined {
  if (typeof fault !== 'object' || !('status' in fault)) return undefined;
  const headers = retryAfterHeader(fault.retryAfter);
  return { answer: plainMessage(fault.status, 'An error has occurred.'), headers };
}

function retryAfterHeader(value: string | number | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { 'retry-after': String(value) };
}

/** True if the client has closed the connection, for example after a timeout. */
function isDisconnected(response: ServerResponse): boolean {
  return response.destroyed;
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await wait(ms, undefined, { ref: false });
}
