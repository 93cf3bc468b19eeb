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
 * these rows cannot be read.
 */
export async function* undatedPages(
  client: Client,
  request: ReadRequest,
  readPages: ReadPages,
): AsyncGenerator<Page> {
  for (const clause of await acceptedClauses(client, request)) {
    const limits = new ServerLimits(request.endpoint.path, request.limits.top);
    const { endpoint, select } = request;
    const undated = {
      endpoint,
      limits,
      dates: EVERYTHING,
      slice: clause,
      ...(select && { select }),
    };
    yield* readPages(client, undated);
  }
}

/**
 * Returns the clauses that find rows without a date. Each clause costs one request, so both are
 * combined unless the server rejects that.
 */
async function acceptedClauses(client: Client, request: ReadRequest): Promise<readonly string[]> {
  const { date } = request.endpoint;
  if (!date) return [];
  const isNull = `${date.member} eq null`;
  const isYearOne = `${date.member} lt ${YEAR_TWO[date.literal]}`;
  for (const clauses of [[`(${isNull} or ${isYearOne})`], [isNull, isYearOne]]) {
    const found = await Promise.all(
      clauses.map(
        async (clause) => [clause, await requestMatching(client, request, clause)] as const,
      ),
    );
    const answered = found.filter(([, rows]) => rows !== undefined);
    if (answered.length === 0) continue;
    if (answered.some(([, rows]) => !rows?.every((row) => isUndated(row, request)))) break;
    return answered.filter(([, rows]) => rows?.length !== 0).map(([clause]) => clause);
  }
  warn(request);
  return [];
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

function warn({ endpoint: { path, stream, date } }: ReadRequest): void {
  log.warning(
    `${path}: the API does not support a filter for rows without "${date?.member}", so such rows are not read.`,
    { stream },
  );
}
