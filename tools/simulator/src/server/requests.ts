import type { IncomingMessage } from 'node:http';
import type { Account } from '../account/account.ts';

/** What the server remembers of a request. */
export interface RequestEntry {
  readonly number: number;
  /** Below the base: `/Leads`, `/Boxes/$count`. */
  readonly path: string;
  /** The set's name in the specification's spelling; the path's first word where it is none. */
  readonly set: string;
  readonly query: Readonly<Record<string, string>>;
  /** All but the token. */
  readonly headers: Readonly<Record<string, string>>;
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number;
  /** 0 until it is answered, and where nothing goes out. */
  status: number;
  /** Rows in the answer. */
  rows: number;
  /** What was made to go wrong with it. */
  fault?: string;
}

export function entryOf(
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
