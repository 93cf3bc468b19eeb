import type { Account, AccountSet } from '../account/account.ts';
import type { Row } from '../account/row.ts';
import { includes, type Behaviour } from '../behaviour/behaviour.ts';
import type { Fault } from '../behaviour/fault-plan.ts';
import { faultyRows } from '../behaviour/page-faults.ts';
import { metadata } from '../odata/metadata.ts';
import { QueryError } from '../odata/operands.ts';
import { countRows, readPage } from '../odata/page.ts';
import type { Query } from '../odata/query.ts';
import { asWallClock } from '../seed/moment.ts';
import { CALL_DATES, isSlice, readQuery } from './read-query.ts';
import type { RequestEntry } from './requests.ts';

/** A response before it is sent. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
  /** The number of rows in the body. */
  readonly rows: number;
  /** How many milliseconds the answer is delayed (default: 0). */
  readonly slowMs?: number;
}

/** The base URLs of the API and of the second host, used in absolute links. */
export interface Hosts {
  readonly url: string;
  readonly otherUrl: string;
}

const JSON_TYPE = 'application/json; odata.metadata=minimal; charset=utf-8';
/** The URL that the real server sends in `@odata.context`. */
const METADATA_URL = 'http://apiv3.exactspotter.com:81/api/v3/$metadata';

/** Returns the answer to a request that passed the token and rate limit checks. */
export function answerRequest(
  account: Account,
  behaviour: Behaviour,
  request: RequestEntry,
  hosts: Hosts,
  fault?: Fault,
): Answer {
  const [, name = '', tail] = request.path.split('/');
  if (name.toLowerCase() === '$metadata') {
    return { status: 200, body: metadata(account), contentType: 'application/xml', rows: 0 };
  }
  const set = account.find(name);
  if (!set || includes(behaviour.missing, name) || (tail !== undefined && tail !== '$count')) {
    return notFound(`${hosts.url}${request.path}`);
  }
  if (includes(behaviour.forbidden, name)) return plainMessage(403, 'Forbidden');
  try {
    const query = readQuery(set, behaviour, request.query, account.clock);
    const slice = behaviour.sliceOnly[set.view.name];
    const slowMs = slice && !isSlice(query) ? slice.ms : 0;
    const answer =
      tail === '$count'
        ? countAnswer(set, query, behaviour)
        : pageAnswer(set, query, behaviour, request, hosts, fault);
    return { ...answer, slowMs };
  } catch (error) {
    if (error instanceof QueryError) return odataError(400, error.message);
    throw error;
  }
}

function countAnswer({ view, store }: AccountSet, query: Query, { rejects }: Behaviour): Answer {
  if (includes(rejects.count, view.name)) throw new QueryError('$count is not allowed.');
  const body = String(countRows(store, query));
  return { status: 200, body, contentType: 'text/plain; charset=utf-8', rows: 0 };
}

function pageAnswer(
  set: AccountSet,
  query: Query,
  behaviour: Behaviour,
  request: RequestEntry,
  hosts: Hosts,
  fault: Fault | undefined,
): Answer {
  const { pageCap: cap, tieOrder, countsPage } = behaviour;
  const shift = typeof fault === 'object' && 'shiftedRows' in fault ? fault.shiftedRows : 0;
  const shifted = { ...query, skip: Math.max(0, query.skip + shift) };
  const shuffle = tieOrder === 'shuffled' ? { shuffle: request.number } : {};
  const page = readPage(set, { query: shifted, cap, ...shuffle });
  const { name } = set.view;
  const rows = hasWallClock(behaviour, name) ? page.rows.map(withWallClock) : page.rows;
  const value = faultyRows(rows, fault, set.store.definition.key[0] ?? '');
  if (fault === 'errorPage') return errorPage();
  const isMistake = fault === 'mistakenEmptyPage';
  const more = page.more || fault === 'emptyPage';
  const link = isMistake ? undefined : nextLink(behaviour, request, { query, cap, more }, hosts);
  const count = isMistake ? 0 : includes(countsPage, name) ? rows.length : page.count;
  const envelope = {
    '@odata.context': `${METADATA_URL}#${name}`,
    ...(query.count && { '@odata.count': count }),
    value,
    ...(link !== undefined && { '@odata.nextLink': link }),
  };
  const body = JSON.stringify(envelope);
  return { status: 200, body, contentType: JSON_TYPE, rows: value.length };
}

function hasWallClock({ callsClock }: Behaviour, set: string): boolean {
  return callsClock === 'wall' && set === 'callsHistory';
}

/** Returns a call whose dates are in São Paulo wall-clock time even though they end with `Z`. */
function withWallClock(row: Row): Row {
  const dates = CALL_DATES.filter((name) => typeof row[name] === 'string');
  return { ...row, ...Object.fromEntries(dates.map((name) => [name, asWallClock(row[name])])) };
}

/** Returns an error with status 200 that looks like an empty page to a careless client. */
function errorPage(): Answer {
  const error = { code: '', message: 'An error has occurred.' };
  const body = JSON.stringify({ error, value: [] });
  return { status: 200, body, contentType: JSON_TYPE, rows: 0 };
}

function odataError(status: number, text: string): Answer {
  const body = JSON.stringify({ error: { code: '', message: text } });
  return { status, body, contentType: JSON_TYPE, rows: 0 };
}

/** Returns an error in ASP.NET's format, which is used for all errors outside of OData. */
export function plainMessage(status: number, text: string): Answer {
  const body = JSON.stringify({ Message: text });
  return { status, body, contentType: 'application/json; charset=utf-8', rows: 0 };
}

function notFound(uri: string): Answer {
  return plainMessage(404, `No HTTP resource was found that matches the request URI '${uri}'.`);
}

interface PageFacts {
  /** The query as the client sent it, before a fault shifts its rows. */
  readonly query: Query;
  readonly cap: number;
  readonly more: boolean;
}

/** Returns the link to the next page, which has the same options and a larger `$skip`. */
function nextLink(
  { nextLink: mode, nextLinkKeepsTop }: Behaviour,
  { path, query: options }: RequestEntry,
  { query, cap, more }: PageFacts,
  { url, otherUrl }: Hosts,
): string | undefined {
  if (mode === 'never' || (mode === 'whenMore' && !more)) return undefined;
  if (mode === 'withoutTop' && (!more || '$top' in options)) return undefined;
  const step = mode === 'loop' ? 0 : Math.min(query.top ?? cap, cap);
  const kept = Object.entries(options).filter(
    ([name]) => name !== '$skip' && (name !== '$top' || nextLinkKeepsTop),
  );
  const text = [...kept, ['$skip', String(query.skip + step)] as const].map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`,
  );
  const host = mode === 'otherHost' ? otherUrl : url;
  return `${host}${path}?${text.join('&')}`;
}
