import { log } from '@exact-spotter/singer';
import type { Client } from '../api/client.ts';
import type { ApiRow } from '../api/odata.ts';
import { EVERYTHING } from '../plan/date-range.ts';
import { valueAt } from '../rows/api-members.ts';
import { requestMatching, type Page, type ReadPages, type ReadRequest } from './request.ts';
import { ServerLimits } from './server-limits.ts';

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
  const { endpoint, select } = request;
  const { clauses, isSupported } = await supportedClauses(client, request, isComplete);
  const hasOthers = !isSupported && isComplete && canBeSearched(request);
  if (!isSupported) report(request, hasOthers);
  for (const slice of hasOthers ? [undefined] : clauses) {
    const limits = new ServerLimits(endpoint.path, request.limits.top);
    const whole = { endpoint, limits, dates: EVERYTHING, ...(select && { select }) };
    const pages = readPages(client, slice === undefined ? whole : { ...whole, slice });
    for await (const page of pages) {
      yield { ...page, rows: page.rows.filter((row) => isUndated(row, request)) };
    }
  }
}

interface SupportedClauses {
  /** The clauses that find rows. */
  readonly clauses: readonly string[];
  /** False if there may be rows that no clause finds. */
  readonly isSupported: boolean;
}

/**
 * Finds out which clauses the server supports. Each clause costs one request, so both are combined
 * unless the server rejects that. A complete read asks for each alone, because a server that ignores
 * comparisons with null shows it only then.
 */
async function supportedClauses(
  client: Client,
  request: ReadRequest,
  isComplete: boolean,
): Promise<SupportedClauses> {
  const { date } = request.endpoint;
  if (!date) return { clauses: [], isSupported: true };
  const isNull = `${date.member} eq null`;
  const isYearOne = `${date.member} lt ${YEAR_TWO[date.literal]}`;
  const combined = `(${isNull} or ${isYearOne})`;
  const rows = isComplete ? undefined : await requestMatching(client, request, combined);
  if (rows !== undefined) return supported([[combined, rows]], request);
  const answers = await Promise.all(
    [isNull, isYearOne].map(
      async (clause) => [clause, await requestMatching(client, request, clause)] as const,
    ),
  );
  return supported(answers, request);
}

type Answer = readonly [clause: string, rows: readonly ApiRow[] | undefined];

function supported(answers: readonly Answer[], request: ReadRequest): SupportedClauses {
  const respected = answers.filter(([, rows]) => rows?.every((row) => isUndated(row, request)));
  return {
    clauses: respected.filter(([, rows]) => rows?.length !== 0).map(([clause]) => clause),
    isSupported: respected.length === answers.length,
  };
}

/** The first instant after .NET's "no date", as each kind of filter literal. */
const YEAR_TWO = {
  instant: '0002-01-01T00:00:00Z',
  wall: '0002-01-01T00:00:00Z',
  text: "'0002-01-01T00:00:00'",
} as const;

function isUndated(row: ApiRow, { endpoint }: ReadRequest): boolean {
  const date = endpoint.date && valueAt(row, endpoint.date.member.split('.'));
  return typeof date !== 'string' || /^\s*(?:$|0001-)/.test(date);
}

/** True if the set is known to have rows without a date, and shows them without a filter. */
function canBeSearched({ endpoint: { date, hidesWithoutDate } }: ReadRequest): boolean {
  return date?.isOptional === true && hidesWithoutDate !== true;
}

function report({ endpoint: { path, stream, date } }: ReadRequest, isSearched: boolean): void {
  const then = isSearched
    ? 'the whole set is read to find them'
    : 'new ones are missing until the next complete read';
  log.info(
    `${path}: the API does not support a filter for rows without "${date?.member}"; ${then}.`,
    { stream },
  );
}
