import { millisecondsInWeek } from 'date-fns/constants';
import type { Account, AccountSet } from '../account/account.ts';
import { includes, type Behaviour, type Option } from '../behaviour/behaviour.ts';
import type { Fault } from '../behaviour/faults.ts';
import type { Expression } from '../odata/expression.ts';
import { metadata } from '../odata/metadata.ts';
import { QueryError } from '../odata/operands.ts';
import { countRows, readPage } from '../odata/page.ts';
import { parseOptions, type Query } from '../odata/query.ts';
import type { RequestEntry } from './requests.ts';

/** A response before it is sent. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
  /** The number of rows in the body. */
  readonly rows: number;
}

/** The base URLs of the API and of the second host, used in absolute links. */
export interface Hosts {
  readonly url: string;
  readonly otherUrl: string;
}

const FOUR_WEEKS = 4 * millisecondsInWeek;
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
    const query = parseQuery(account, set, behaviour, request.query);
    return tail === '$count'
      ? countAnswer(set, query, behaviour)
      : pageAnswer(set, query, behaviour, request, hosts, fault);
  } catch (error) {
    if (error instanceof QueryError) return odataError(400, error.message);
    throw error;
  }
}

/** @throws QueryError if an option is invalid or rejected */
function parseQuery(
  account: Account,
  { view, store }: AccountSet,
  behaviour: Behaviour,
  options: Readonly<Record<string, string>>,
): Query {
  const respected = { ...options };
  for (const option of ['filter', 'orderby', 'select', 'top', 'skip', 'count'] as const) {
    const value = options[`$${option}`];
    if (value === undefined) continue;
    if (isRejected(behaviour, option, value, view.name)) {
      throw new QueryError(`The query option '$${option}' is not allowed.`);
    }
    if (includes(behaviour.ignores[option], view.name)) {
      Reflect.deleteProperty(respected, `$${option}`);
    }
  }
  const { entity, unselectable = [] } = store.definition;
  const query = parseOptions(respected, { properties: view.properties, entity, unselectable });
  if (behaviour.orClause === 'rejected' && query.filter && hasOr(query.filter)) {
    throw new QueryError("The operator 'or' is not allowed in $filter.");
  }
  const hidesOldRows = view.name === 'Boxes' && behaviour.hiddenBoxWindow && !query.filter;
  return hidesOldRows ? { ...query, filter: startsWithinFourWeeks(account.clock) } : query;
}

function isRejected({ rejects }: Behaviour, option: Option, value: string, set: string): boolean {
  return includes(rejects[option], set) && !(option === 'count' && value === 'false');
}

function hasOr(filter: Expression): boolean {
  if (filter.kind === 'or') return true;
  if (filter.kind === 'not') return hasOr(filter.operand);
  return filter.kind === 'and' && (hasOr(filter.left) || hasOr(filter.right));
}

function startsWithinFourWeeks(now: number): Expression {
  const value = `${new Date(now - FOUR_WEEKS).toISOString().slice(0, 19)}.0000000`;
  return {
    kind: 'comparison',
    type: 'boolean',
    operator: 'ge',
    left: { kind: 'member', type: 'instant', path: ['start'] },
    right: { kind: 'literal', type: 'instant', value },
  };
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
  const { pageCap: cap, tieOrder } = behaviour;
  const shift = typeof fault === 'object' && 'shiftedRows' in fault ? fault.shiftedRows : 0;
  const shifted = { ...query, skip: Math.max(0, query.skip + shift) };
  const shuffle = tieOrder === 'shuffled' ? { shuffle: request.number } : {};
  const { rows, more, count: total } = readPage(set, { query: shifted, cap, ...shuffle });
  const value = applyFault(rows, fault, set.store.definition.key);
  const link = nextLink(
    behaviour,
    request,
    { query, cap, more: more || fault === 'emptyPage' },
    hosts,
  );
  const envelope = {
    '@odata.context': `${METADATA_URL}#${set.view.name}`,
    ...(total !== undefined && { '@odata.count': total }),
    value,
    ...(link !== undefined && { '@odata.nextLink': link }),
  };
  const body = JSON.stringify(envelope);
  return { status: 200, body, contentType: JSON_TYPE, rows: value.length };
}

/** Applies the faults that change the rows of a page. */
function applyFault(
  rows: readonly object[],
  fault: Fault | undefined,
  [key = '']: readonly string[],
): readonly object[] {
  if (fault === 'emptyPage') return [];
  if (fault === 'duplicateRows') return [...rows, ...rows.slice(-3)];
  if (fault !== 'rowWithoutKey') return rows;
  const middle = Math.floor(rows.length / 2);
  return rows.map((row, at) =>
    at === middle ? Object.fromEntries(Object.entries(row).filter(([name]) => name !== key)) : row,
  );
}

function odataError(status: number, text: string): Answer {
  const body = JSON.stringify({ error: { code: '', message: text } });
  return { status, body, contentType: JSON_TYPE, rows: 0 };
}

/** Returns an error in the format of ASP.NET, which is used for all errors outside of OData. */
export function plainMessage(status: number, text: string): Answer {
  const body = JSON.stringify({ Message: text });
  return { status, body, contentType: 'application/json; charset=utf-8', rows: 0 };
}

function notFound(uri: string): Answer {
  return plainMessage(404, `No HTTP resource was found that matches the request URI '${uri}'.`);
}

interface PageFacts {
  /** The query as sent, before a fault shifts its rows. */
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
