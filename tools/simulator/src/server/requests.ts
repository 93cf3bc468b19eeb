import type { IncomingMessage } from 'node:http';
import type { Account } from '../account/account.ts';

/** What the server records about a request. */
export interface RequestEntry {
  readonly number: number;
  /** Relative to the API's base URL: `/Leads`, `/Boxes/$count`. */
  readonly path: string;
  /** The name of the set, spelled as in the specification; the first path segment if there is none. */
  readonly set: string;
  readonly query: Readonly<Record<string, string>>;
  /** All headers except the token. */
  readonly headers: Readonly<Record<string, string>>;
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number;
  /** 0 until the request is answered, and if no headers are sent. */
  status: number;
  /** Rows in the response. */
  rows: number;
  /** The fault that was injected, objects as JSON. */
  fault?: string;
}

/** Starts the record of a request that has just arrived. */
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
    headers: Object.fromEntries(
      Object.entries(request.headers)
        .filter(([header]) => header !== 'token_exact')
        .map(([header, value]) => [header, String(value)]),
    ),
    at: Date.now(),
    status: 0,
    rows: 0,
  };
}
