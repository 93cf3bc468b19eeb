import { EnvHttpProxyAgent, request } from 'undici';
import { bodyText, LARGEST_BODY } from './body.ts';

/** The one door to the network. */

/** A complete answer: a body that breaks off is a fault, never an answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  /** The server's clock, to the second. */
  readonly date: string | undefined;
  readonly text: string;
  /** From the sending to the last byte. */
  readonly milliseconds: number;
}

export interface HttpOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Connections at most. */
  readonly connections: number;
}

/** GET requests over kept-alive connections. Redirects are answers like any other: the token goes nowhere else. */
export class Http {
  readonly #agent: EnvHttpProxyAgent;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ headers, connections }: HttpOptions) {
    // The caller's signal is the one limit of time: a body that drips in must not live for ever.
    this.#agent = new EnvHttpProxyAgent({
      connections,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: LARGEST_BODY,
    });
    this.#headers = { accept: 'application/json', 'accept-encoding': 'gzip', ...headers };
  }

  /**
   * @param onHeaders called when the answer begins
   * @throws the fault of the connection, or the signal's reason
   */
  async get(url: string, signal: AbortSignal, onHeaders: () => void): Promise<HttpAnswer> {
    const sent = performance.now();
    const { statusCode, headers, body } = await request(url, {
      dispatcher: this.#agent,
      headers: this.#headers,
      signal,
    });
    onHeaders();
    const bytes = Buffer.from(await body.arrayBuffer());
    const text = await bodyText(bytes, encodings(headers['content-encoding']));
    return {
      status: statusCode,
      contentType: single(headers['content-type']) ?? '',
      retryAfter: single(headers['retry-after']),
      date: single(headers['date']),
      text,
      milliseconds: performance.now() - sent,
    };
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

function single(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

function encodings(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join(',');
}

/** What became of a connection, in a word for people; never a URL, which may hold a filter's values. */
export function faultReason(fault: unknown): string {
  const code = faultCode(fault);
  return (code === undefined ? undefined : REASONS[code]) ?? code ?? 'the connection failed';
}

/** True when the host was not reached at all: no other request will fare better. */
export function isUnreachable(fault: unknown): boolean {
  const code = faultCode(fault);
  return code !== undefined && UNREACHABLE.test(code);
}

const UNTRUSTED =
  'the certificate of the host is none that this machine trusts (NODE_EXTRA_CA_CERTS names more)';

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the network',
  ECONNRESET: 'the connection was reset',
  UND_ERR_SOCKET: 'the connection broke off',
  UND_ERR_CONNECT_TIMEOUT: 'the host did not answer',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'the answer is larger than is accepted',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  CERT_HAS_EXPIRED: 'the certificate of the host has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate belongs to another host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the host does not speak https there',
  Z_BUF_ERROR: 'the answer broke off',
  Z_DATA_ERROR: 'the answer is garbled',
  ERR_BUFFER_TOO_LARGE: 'the answer is larger than is accepted',
};

const UNREACHABLE =
  /^(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_.*|.*_CERT.*|UNABLE_TO_.*|.*SELF_SIGNED.*|ERR_TLS.*|ERR_SSL.*|EPROTO)$/;

function faultCode(fault: unknown): string | undefined {
  const { code, cause } = (fault ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === 'string') return code;
  return cause === undefined ? undefined : faultCode(cause);
}
