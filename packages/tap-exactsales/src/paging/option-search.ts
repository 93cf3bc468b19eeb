import type { Endpoint } from '../endpoints.ts';
import type { QueryOption, ServerLimits } from './server-limits.ts';

/** Whether the server accepts a query with these options, for one row. */
type Accepts = (options: readonly QueryOption[]) => Promise<boolean>;

/**
 * The options that a query can do without, the most likely cause of a 400 first. If an endpoint
 * hides rows without a date filter, that one is given up last.
 */
export function optionsToDoubt({ hidesWithoutDate }: Endpoint): readonly QueryOption[] {
  const [date, paging] = [['date filter'], ['key filter', 'orderby']] as const;
  return [
    ...(['select', 'count', 'date end'] as const),
    ...(hidesWithoutDate ? [...paging, ...date] : [...date, ...paging]),
    'top',
  ];
}

/**
 * Finds out what a 400 is about: the number of rows, one of the options, or several. Of several it
 * keeps those that are accepted together.
 * @param options those of the rejected query
 * @returns false if the server rejects even the plainest query
 */
export async function findRejected(
  options: readonly QueryOption[],
  limits: ServerLimits,
  accepts: Accepts,
): Promise<boolean> {
  if (options.includes('top') && (await accepts(options))) return limits.lower();
  const rejected = (await findOne(options, accepts)) ?? (await findSeveral(options, accepts));
  for (const option of rejected) limits.disable(option, 'rejected');
  return rejected.length > 0;
}

/** A server that cannot filter by a column, or select it, may notice too late for a 400. */
const BREAKING: ReadonlySet<QueryOption> = new Set(['select', 'date filter', 'date end']);

/**
 * Finds out which option causes a 500 that does not pass.
 * @returns false if no option does
 */
export async function findBreaking(
  options: readonly QueryOption[],
  limits: ServerLimits,
  accepts: Accepts,
): Promise<boolean> {
  const suspected = options.filter((option) => BREAKING.has(option));
  const rest = options.filter((option) => !BREAKING.has(option));
  if (suspected.length === 0 || !(await accepts(rest))) return false;
  for (const option of (await findOne(options, accepts, suspected)) ?? suspected) {
    limits.disable(option, 'rejected');
  }
  return true;
}

async function findOne(
  options: readonly QueryOption[],
  accepts: Accepts,
  suspected = options,
): Promise<readonly QueryOption[] | undefined> {
  for (const option of suspected) {
    if (await accepts(options.filter((other) => other !== option))) return [option];
  }
  return undefined;
}

async function findSeveral(
  options: readonly QueryOption[],
  accepts: Accepts,
): Promise<QueryOption[]> {
  if (options.length < 2 || !(await accepts([]))) return [];
  const kept = new Set<QueryOption>();
  for (const option of options.toReversed()) {
    if (await accepts([...kept, option])) kept.add(option);
  }
  return options.filter((option) => !kept.has(option));
}
