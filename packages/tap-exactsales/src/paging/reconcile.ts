import { log } from '@exact-spotter/singer';
import type { Client } from '../api/client.ts';
import { isEndpointError } from '../api/errors.ts';
import { dateFilter } from '../plan/date-range.ts';
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
  const counted = await countRows(plan, context);
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

async function countRows(
  { endpoint, range }: ReadPlan,
  { client, timezone, limits: known }: Context,
): Promise<number | undefined> {
  const limits = known.get(endpoint.path);
  const isFiltered = (['date filter', 'date end'] as const).every(
    (option) => limits?.supports(option) ?? true,
  );
  const { clauses } = dateFilter(endpoint, range, timezone);
  try {
    return await client.count(endpoint.path, { filter: isFiltered ? clauses : [] });
  } catch (error) {
    if (!isEndpointError(error)) throw error;
    return undefined;
  }
}
