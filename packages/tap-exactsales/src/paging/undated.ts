import { log } from '@exact-spotter/singer';
import type { Client } from '../api/client.ts';
import type { ApiRow } from '../api/odata.ts';
import { valueAt } from '../rows/api-members.ts';
import { isNoDate } from '../rows/timezone.ts';
import { requestMatching } from '../request/page-request.ts';
import { wholeSet, type Page, type ReadPages, type ReadRequest } from '../request/read-request.ts';

/**
 * Reads the rows without a date, which a date filter excludes on the server: those whose date is
 * null, and those with .NET's "no date", `0001-01-01`. If the server does not support such a filter,
 * a complete read searches the whole set for them.
 */
export async function* undatedPages(
  client: Client,
  request: ReadRequest,
  isComplete: boolean,
  readPages: ReadPages,
): AsyncGenerator<Page> {
  const answers = await answersToClauses(client, request);
  const respected = answers.filter(({ rows }) => rows?.every((row) => isUndated(row, request)));
  const isSupported = respected.length === answers.length;
  const isSearched = !isSupported && isComplete && canBeSearched(request);
  if (!isSupported) report(request, isSearched);
  request.limits.hidesUndated = !isSupported && !isSearched && canBeSearched(request);
  if (isSearched) yield* undatedIn(readPages(client, wholeOf(request)), request);
  else for (const answer of respected) yield* undatedPagesOf(answer, client, request, readPages);
}

interface Answer {
  readonly clause: string;
  /** The first rows; undefined if the server rejects the clause. */
  readonly rows: readonly ApiRow[] | undefined;
}

/**
 * Requests the first rows of the clauses that find rows without a date. Each clause costs a request,
 * so both are combined unless the server rejects that. For a set that is known to have such rows,
 * each is requested alone, because a server that ignores comparisons with null shows it only then.
 */
async function answersToClauses(client: Client, request: ReadRequest): Promise<readonly Answer[]> {
  const { date } = request.endpoint;
  if (!date) return [];
  const answer = async (clause: string): Promise<Answer> => {
    const rows = await requestMatching(client, request, clause, 0);
    // An empty page may be a mistake, and the rows that are not found count as deleted.
    const isDoubtful = date.isOptional === true && rows?.length === 0;
    return { clause, rows: isDoubtful ? await requestMatching(client, request, clause, 1) : rows };
  };
  const isNull = `${date.member} eq null`;
  const isYearOne = `${date.member} lt ${YEAR_TWO[date.literal]}`;
  if (date.isOptional !== true) {
    const combined = await answer(`(${isNull} or ${isYearOne})`);
    if (combined.rows !== undefined) return [combined];
  }
  return Promise.all([isNull, isYearOne].map(answer));
}

/** Yields the first rows, or reads all pages if there may be more. */
async function* undatedPagesOf(
  { clause, rows = [] }: Answer,
  client: Client,
  request: ReadRequest,
  readPages: ReadPages,
): AsyncGenerator<Page> {
  if (rows.length < Math.max(1, request.limits.longestPage)) {
    yield { rows, rowsRead: rows.length, isLast: true, isSure: true };
  } else {
    yield* undatedIn(readPages(client, { ...wholeOf(request), slice: clause }), request);
  }
}

async function* undatedIn(pages: AsyncIterable<Page>, request: ReadRequest): AsyncGenerator<Page> {
  for await (const page of pages) {
    yield { ...page, rows: page.rows.filter((row) => isUndated(row, request)) };
  }
}

function wholeOf({ endpoint, limits: { top }, select }: ReadRequest): ReadRequest {
  return wholeSet(endpoint, top, select);
}

/** The first instant after .NET's "no date", as each kind of filter literal. */
const YEAR_TWO = {
  instant: '0002-01-01T00:00:00Z',
  wall: '0002-01-01T00:00:00Z',
  text: "'0002-01-01T00:00:00'",
} as const;

function isUndated(row: ApiRow, { endpoint }: ReadRequest): boolean {
  const date = endpoint.date && valueAt(row, endpoint.date.member.split('.'));
  return typeof date !== 'string' || date.trim() === '' || isNoDate(date);
}

/** True if the set is known to have rows without a date, and shows them without a filter. */
function canBeSearched({ endpoint: { date, hidesWithoutDate } }: ReadRequest): boolean {
  return date?.isOptional === true && hidesWithoutDate !== true;
}

function report({ endpoint: { path, stream, date } }: ReadRequest, isSearched: boolean): void {
  const then = isSearched
    ? 'the whole set is read to find them'
    : 'new ones, and deletions, are noticed by the next complete read';
  log.info(
    `${path}: the API does not support a filter for rows without "${date?.member}"; ${then}.`,
    { stream },
  );
}
