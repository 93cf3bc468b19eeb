import type { IncomingMessage } from 'node:http';
import type { Account } from '../account/account.ts';

/** What the server records about a request. */
export interface RequestEntry {
  readonly number: number;
  /** The path relative to the API's base URL, such as `/Leads` or `/Boxes/$count`. */
  readonly path: string;
  /** The set's name as in the specification; the first path segment if the set is unknown. */
  readonly set: string;
  readonly query: Readonly<Record<string, string>>;
  /** The path and query exactly as requested. */
  readonly url: string;
  /** All headers except the token. */
  readonly headers: Readonly<Record<string, string>>;
  /** When the request arrived, in milliseconds since 1970, according to a monotonic clock. */
  readonly at: number;
  /** The status of the response; 0 if no headers have been sent. */
  status: number;
  /** The number of rows in the response. */
  rows: number;
  /** True if the answer was cached from an earlier request for the same URL. */
  cached?: true;
  /** The injected fault. If it is an object, it is recorded as JSON. */
  fault?: string;
}

/** Creates the entry of a request that has just arrived. */
export function createEntry(
  request: IncomingMessage,
  base: string,
  account: Account,
  number: number,
): RequestEntry {
  const { pathname, searchParams } = new URL(request.url ?? '/', base);
  const path = decodeURIComponent(pathname.replace(/^\/v3(?=\/|$)/i, ''));
  const name = path.split('/')[1] ?? '';
  return {
    number,
    path,
    set: account.find(name)?.view.name ?? name,
    query: Object.fromEntries(searchParams),
    url: request.url ?? '/',
    headers: Object.fromEntries(
      Object.entries(request.headers)
        .filter(([header]) => header !== 'token_exact')
        .map(([header, value]) => [header, String(value)]),
    ),
    at: performance.timeOrigin + performance.now(),
    status: 0,
    rows: 0,
  };
}
