import { log } from '@exact-spotter/singer';
import type { Client } from '../api/client.ts';
import { isEndpointError } from '../api/errors.ts';
import { dateFilter } from '../plan/date-range.ts';
import type { Endpoint } from '../endpoints.ts';
import type { ReadPlan } from '../plan/plan.ts';
import type { Timezone } from '../rows/timezone.ts';
import { quantity } from '../text.ts';
import type { ServerLimits } from './server-limits.ts';

interface Context {
  readonly client: Client;
  readonly timezone: Timezone;
  readonly limits: ReadonlyMap<string, ServerLimits>;
}

/**
 * Compares the rows of a complete read with the server's count under the same filter and logs the
 * result. Sends one request. Skips a read that resumed an interrupted read, because the number of
 * rows read before is unknown.
 * @param rows number of rows that were read, each counted once
 */
export async function reconcile(plan: ReadPlan, rows: number, context: Context): Promise<void> {
  if (plan.version === undefined || plan.resumed) return;
  const { path, stream } = plan.endpoint;
  const read = `${quantity(rows, 'row')} ${rows === 1 ? 'was' : 'were'} read`;
  const { endpoint, range, isUnfiltered } = plan;
  const { clauses } = dateFilter(endpoint, range, context.timezone, isUnfiltered);
  const counted = await countRows(plan.endpoint, clauses, context);
  if (counted === undefined) {
    log.warning(`${path}: ${read}, but the API returns no count to compare with.`, {
      stream,
    });
  } else if (counted === rows) {
    log.debug(`${path}: ${read}, the same number as the API counts.`, {
      stream,
    });
  } else {
    log.warning(
      `${path}: ${read}, but the API counts ${counted}. Rows added or deleted during the read cause a small difference; if the difference is large, run again.`,
      { stream },
    );
  }
}

/**
 * Returns the number of rows of an endpoint that match the clauses of a date filter: from
 * `/$count`, or else from the count in a page.
 * @param attempt how often it has been requested before
 * @returns undefined if the server does not count
 */
export async function countRows(
  { path }: Endpoint,
  clauses: readonly string[],
  { client, limits: known }: Pick<Context, 'client'> & Partial<Context>,
  attempt = 0,
): Promise<number | undefined> {
  const limits = known?.get(path);
  const isFiltered = (['date filter', 'date end'] as const).every(
    (option) => limits?.supports(option) ?? true,
  );
  const filter = isFiltered ? clauses : [];
  return (
    (await unlessRejected(client.count(path, { filter, attempt }))) ??
    (await unlessRejected(countInPage(client, path, filter, attempt)))
  );
}

/** Returns the count in a page of a row or two, unless it may cover only the page. */
async function countInPage(
  client: Client,
  path: string,
  filter: readonly string[],
  attempt: number,
): Promise<number | undefined> {
  const query = { filter, top: 1 + attempt, count: true };
  const { rows, count } = await client.page(path, query, 'always');
  return count === undefined || (count > 0 && count <= rows.length) ? undefined : count;
}

async function unlessRejected<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (!isEndpointError(error)) throw error;
    return undefined;
  }
}
