import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Account } from '../account/account.ts';
import { likelyBehaviour, type Behaviour } from '../behaviour/behaviour.ts';
import { FaultPlan, type Fault, type FaultRule } from '../behaviour/faults.ts';
import { Quota, retryAfter, serverTime, type QuotaReport } from '../behaviour/quota.ts';
import { answer, message, type Answer, type Place } from './answer.ts';
import { entryOf, type RequestEntry } from './requests.ts';
import { send } from './send.ts';

export interface SimulatorOptions {
  readonly account: Account;
  readonly token: string;
  readonly behaviour?: Partial<Behaviour>;
  /** A free one unless told. */
  readonly port?: number;
}

/** Sees a request that was let in, and may change the account at once. */
export type Watcher = (request: RequestEntry) => void;

export interface DecoyRequest {
  readonly path: string;
  /** Whether the token, in any header or in the address, came here: it must not. */
  readonly withToken: boolean;
}

/** Another host, to which links and redirects lead: it answers all with an empty page. */
export interface Decoy {
  readonly url: string;
  readonly requests: DecoyRequest[];
  readonly server: Server;
}

export class Simulator {
  /** The base of all paths: what a client takes for the API's address. */
  readonly url: string;
  /** Where control requests go, e.g. `POST <controlUrl>/live`. */
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
  #number = 0;

  constructor(options: SimulatorOptions, server: Server, origin: string, decoy: Decoy) {
    this.url = `${origin}/v3`;
    this.controlUrl = `${origin}/control`;
    this.account = options.account;
    this.#options = options;
    this.#server = server;
    this.#decoy = decoy;
    this.#behaviour = { ...likelyBehaviour, ...options.behaviour };
  }

  /** Every request to the API since the start, or since `clearRequests`. */
  get requests(): readonly RequestEntry[] {
    return this.#requests;
  }

  get quota(): QuotaReport {
    return this.#quota.report;
  }

  /** What came to the other host, to which faulty links and redirects lead. */
  get decoyRequests(): readonly DecoyRequest[] {
    return this.#decoy.requests;
  }

  clearRequests(): void {
    this.#requests = [];
  }

  /** Changes how the server answers from now on. A new quota counts from nothing. */
  behave(changes: Partial<Behaviour>): void {
    this.#behaviour = { ...this.#behaviour, ...changes };
    if ('quota' in changes) this.#quota = new Quota();
  }

  /** A new plan of faults in place of the old; an empty one ends all. */
  faults(plan: readonly FaultRule[]): void {
    this.#plan = new FaultPlan(plan);
  }

  /** Calls for each request before it is looked at. @returns what ends the calls */
  onRequest(watcher: Watcher): () => void {
    this.#onRequest.add(watcher);
    return () => this.#onRequest.delete(watcher);
  }

  /** Calls for each request when its rows are read and not yet sent. @returns what ends the calls */
  beforeResponse(watcher: Watcher): () => void {
    this.#beforeResponse.add(watcher);
    return () => this.#beforeResponse.delete(watcher);
  }

  /** The behaviour of the start, no faults, nothing remembered. The account stays as it is. */
  reset(): void {
    this.#behaviour = { ...likelyBehaviour, ...this.#options.behaviour };
    this.#plan = new FaultPlan([]);
    this.#quota = new Quota();
    this.clearRequests();
  }

  /** Ends at once, and every connection with it. */
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
    const entry = entryOf(request, this.url, this.account, (this.#number += 1));
    this.#requests.push(entry);
    const refusal = this.#refusal(request);
    const answered = refusal ?? (await this.#answer(entry, response));
    if (!answered) return;
    const { answer: what, headers, fault } = answered;
    entry.rows = what.rows;
    entry.status = what.status;
    const dated = { date: new Date(serverTime(this.#behaviour.quota ?? {})).toUTCString() };
    entry.status = await send(
      {
        request,
        response,
        headers: { ...dated, ...headers },
        gzip: this.#behaviour.gzip,
        otherUrl: this.#place.otherUrl,
      },
      what,
      fault,
    );
  }

  get #place(): Place {
    return { url: this.url, otherUrl: `${this.#decoy.url}/v3` };
  }

  /** What is answered before anything is read: no token, no budget, not a reading. */
  #refusal(request: IncomingMessage): Answered | undefined {
    if (request.headers['token_exact'] !== this.#options.token) {
      return { answer: message(401, 'TokenRequired') };
    }
    const seconds = this.#quota.admit(this.#behaviour);
    const { quota } = this.#behaviour;
    if (quota && seconds !== undefined) {
      return tooMany(retryAfter(quota, seconds));
    }
    if (request.method === 'GET') return undefined;
    const text = `The requested resource does not support http method '${request.method ?? ''}'.`;
    return { answer: message(405, text) };
  }

  async #answer(entry: RequestEntry, response: ServerResponse): Promise<Answered | undefined> {
    for (const watcher of this.#onRequest) watcher(entry);
    const { latencyMs, slowSets } = this.#behaviour;
    await pause(typeof latencyMs === 'number' ? latencyMs : latencyMs(entry.set));
    if (hasLeft(response)) return undefined;
    const fault = this.#plan.next(entry.set);
    if (fault !== undefined)
      entry.fault = typeof fault === 'string' ? fault : JSON.stringify(fault);
    const failed = failure(fault);
    if (failed) return failed;
    const what = answer(this.account, this.#behaviour, entry, this.#place, fault);
    const slow = slowSets[entry.set];
    if (slow && what.rows > slow.rows) await pause(slow.ms);
    for (const watcher of this.#beforeResponse) watcher(entry);
    return hasLeft(response) ? undefined : { answer: what, ...(fault !== undefined && { fault }) };
  }
}

interface Answered {
  readonly answer: Answer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fault?: Fault;
}

/** A fault that is a status stands in place of the answer. */
function failure(fault: Fault | undefined): Answered | undefined {
  if (typeof fault !== 'object' || !('status' in fault)) return undefined;
  const { status, retryAfter: wanted } = fault;
  const headers = wanted === undefined ? {} : { 'retry-after': String(wanted) };
  return { answer: message(status, 'An error has occurred.'), headers };
}

function tooMany(wanted: string | undefined): Answered {
  const headers = wanted === undefined ? {} : { 'retry-after': wanted };
  return { answer: message(429, 'Too many requests.'), headers };
}

/** Whether the client is gone, as one is that waited long enough. */
function hasLeft(response: ServerResponse): boolean {
  return response.destroyed;
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await wait(ms, undefined, { ref: false });
}
