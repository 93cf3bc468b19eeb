// This is the only module that uses the network.

import { Agent, ProxyAgent, request, type Dispatcher } from 'undici';
import { BodyError, bodyText, LARGEST_BODY } from './body.ts';
import type { Proxy } from './proxy.ts';

/** A complete response. A truncated body is an error. */
export interface HttpResponse {
  readonly status: number;
  readonly retryAfterHeader: string | undefined;
  /** The server's time, to the second. */
  readonly date: string | undefined;
  /** The decoded body; empty if the status is not 200. */
  readonly text: string;
  /** The time from sending the request to receiving the last byte. */
  readonly milliseconds: number;
}

export interface HttpOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Maximum number of connections. */
  readonly connections: number;
  /** The proxy for all requests; undefined if requests need no proxy. */
  readonly proxy: Proxy | undefined;
}

/**
 * Sends GET requests over kept-alive connections. Does not follow redirects, so that the token is
 * never sent to another host.
 */
export class Http {
  readonly #agent: Dispatcher;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ headers, connections, proxy }: HttpOptions) {
    // The caller's signal is the only timeout: undici's own timeouts would restart with every byte.
    const timeouts = { headersTimeout: 0, bodyTimeout: 0 };
    const options = { connections, ...timeouts, maxResponseSize: LARGEST_BODY };
    this.#agent = proxy ? new ProxyAgent({ ...options, uri: proxy.url }) : new Agent(options);
    this.#headers = { accept: 'application/json', 'accept-encoding': 'gzip', ...headers };
  }

  /**
   * @param onHeaders called when the response begins
   * @throws the connection error or the signal's reason
   */
  async get(url: string, signal: AbortSignal, onHeaders: () => void): Promise<HttpResponse> {
    const sent = performance.now();
    const options = { dispatcher: this.#agent, headers: this.#headers, signal };
    const { statusCode, headers, body } = await orAborted(request(url, options), signal);
    onHeaders();
    const bytes = Buffer.from(await body.arrayBuffer());
    const contentType = single(headers['content-type']) ?? '';
    const contentEncoding = [headers['content-encoding'] ?? ''].flat().join(',');
    return {
      status: statusCode,
      retryAfterHeader: single(headers['retry-after']),
      date: single(headers['date']),
      text: statusCode === 200 ? await bodyText(bytes, contentEncoding, contentType) : '',
      milliseconds: performance.now() - sent,
    };
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/**
 * Rejects as soon as the signal aborts. undici respects the signal only after it has connected, and a
 * proxy may take forever to connect.
 */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason as Error);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
    promise.catch(() => undefined);
  }
}

function single(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

/**
 * Describes in a few words why a connection failed. Never includes the URL, because its filter may
 * contain record values.
 */
export function failureReason(error: unknown): string {
  if (error instanceof BodyError) return error.message;
  const status = proxyStatus(error);
  if (status !== undefined) return PROXY_REASONS[status] ?? `the proxy answered ${status}`;
  const code = failureCode(error);
  return (code === undefined ? undefined : REASONS[code]) ?? code ?? 'the connection failed';
}

/** True if the host was not reached at all. In this case, no other request will succeed. */
export function isUnreachable(error: unknown): boolean {
  const code = failureCode(error);
  return proxyStatus(error) !== undefined || (code !== undefined && UNREACHABLE.test(code));
}

/** True if the connection to the first host failed, which is the proxy if there is one. */
export function isFirstHostAtFault(error: unknown): boolean {
  return proxyStatus(error) !== undefined || FIRST_HOST.test(failureCode(error) ?? '');
}

/** Returns the status with which a proxy refused to connect to the host. undici has no field for it. */
function proxyStatus(error: unknown): string | undefined {
  const { message } = (error ?? {}) as { message?: unknown };
  return /^Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(String(message))?.[1];
}

const PROXY_REASONS: Readonly<Record<string, string>> = {
  403: 'the proxy answered 403, so it does not allow the connection',
  407: 'the proxy answered 407, so it requires a user name and a password, as in http://user:password@host:port',
};

const UNTRUSTED =
  'this machine does not trust the certificate of the host (add its issuer with NODE_EXTRA_CA_CERTS)';

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  ECONNRESET: 'the connection was reset',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_CONNECT_TIMEOUT: 'the host did not answer',
  UND_ERR_PRX_CONN: 'the proxy closed the connection',
  UND_ERR_PRX_TLS: 'the certificate of the proxy belongs to another host',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'the response is too large',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  CERT_HAS_EXPIRED: 'the certificate of the host has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate belongs to another host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the host does not use HTTPS on this port',
  Z_BUF_ERROR: 'the response is truncated',
  Z_DATA_ERROR: 'the response is corrupt',
  ERR_BUFFER_TOO_LARGE: 'the response is too large',
};

const FIRST_HOST =
  /^(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|UND_ERR_PRX_CONN|UND_ERR_PRX_TLS)$/;

const UNREACHABLE =
  /^(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_.*|.*_CERT.*|UNABLE_TO_.*|.*SELF_SIGNED.*|ERR_TLS.*|ERR_SSL.*|EPROTO)$/;

function failureCode(error: unknown): string | undefined {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === 'string') return code;
  return cause === undefined ? undefined : failureCode(cause);
}
