import { log } from '@exact-spotter/singer';
import { dateFilter } from './date-range.ts';
import { isSetFault } from './errors.ts';
import type { ReadPlan } from './plan.ts';
import type { ReadContext } from './read.ts';

/**
 * Compares the rows of a complete read with what the server counts, by the same filter, and says
 * where they differ: one request. A read that went on where an earlier run was broken off does not
 * know how many rows came before, and is passed over.
 * @param rows that the read got, each counted once
 */
export async function reconcile(plan: ReadPlan, rows: number, context: ReadContext): Promise<void> {
  if (plan.version === undefined || plan.progress) return;
  const { path, stream } = plan.set;
  const counted = await countRows(plan, context);
  if (counted === undefined) {
    log.warning(`${path}: ${rows} rows were read, and the API tells no count to compare.`, {
      stream,
    });
  } else if (counted === rows) {
    log.debug(`${path}: ${rows} rows were read, as many as the API counts.`, { stream });
  } else {
    log.warning(
      `${path}: ${rows} rows were read, and the API counts ${counted}; rows that came or went during the read make a small difference, a large one is worth another run.`,
      { stream },
    );
  }
}

async function countRows(
  { set, range }: ReadPlan,
  { client, clock, facts }: ReadContext,
): Promise<number | undefined> {
  const known = facts.get(set.path);
  const isFiltered = (['date filter', 'date end'] as const).every(
    (option) => known?.honours(option) ?? true,
  );
  const { clauses } = dateFilter(set, range, clock);
  try {
    return await client.count(set.path, { filter: isFiltered ? clauses : [] });
  } catch (fault) {
    if (!isSetFault(fault)) throw fault;
    return undefined;
  }
}
