import { log } from '@exact-spotter/singer';
import type { Endpoint } from '../endpoints.ts';
import type { DateOption } from '../plan/date-range.ts';

/** A query option that the server may not support on an endpoint. */
export type QueryOption = 'select' | DateOption | 'count' | 'key filter' | 'orderby' | 'top';

/** What a run does instead of using an option. */
const FALLBACKS: Readonly<Record<QueryOption, string>> = {
  select: 'requesting all columns and dropping the unselected ones here',
  count: 'reading until a page has no new rows',
  'date filter': 'reading all rows and filtering them here',
  'date end': 'reading later rows as well and dropping them here',
  'key filter': 'reading pages by offset',
  orderby: 'reading pages by offset, in any order',
  top: 'accepting pages of any length',
};

/** The smallest page that is requested after timeouts. */
export const FEWEST_ROWS = 25;

/** What a run has found out about an endpoint. Options that failed are not used again. */
export class ServerLimits {
  readonly #path: string;
  readonly #failed = new Set<QueryOption>();
  readonly pageSize: number;
  /** True if the endpoint is read in slices because its pages time out. */
  isSliced = false;
  /** True if a count exceeded its page, so that counts cover the set. */
  isCountProven = false;
  /** True if the endpoint may have rows without a date that the read cannot find. */
  hidesUndated = false;
  /** Rows to request per page. */
  top: number;
  /** Rows in the longest page so far. */
  longestPage = 0;

  constructor(path: string, pageSize: number) {
    this.#path = path;
    this.pageSize = pageSize;
    // Pages inside one key overlap by a row, so a page of one row would never advance.
    this.top = Math.max(2, pageSize);
  }

  supports(option: QueryOption): boolean {
    return !this.#failed.has(option);
  }

  /** Stops using an option; warns once. */
  disable(option: QueryOption, how: 'rejected' | 'ignored'): void {
    if (this.#failed.has(option)) return;
    this.#failed.add(option);
    if (option === 'count') this.isCountProven = false;
    log.warning(`${this.#path}: the API ${VERBS[how]} the ${option}; ${FALLBACKS[option]}.`);
  }

  /**
   * Halves the page size because a page of `top` rows timed out. Does nothing if it has been lowered
   * since that page was requested.
   * @returns false if the page size is already the lowest
   */
  halve(top: number): boolean {
    if (this.top < top) return true;
    if (top <= FEWEST_ROWS) return false;
    this.top = Math.max(FEWEST_ROWS, Math.floor(top / 2));
    log.warning(`${this.#path}: the request timed out; requesting ${this.top} rows at a time.`);
    return true;
  }

  /**
   * Lowers the page size because the server rejects a page of `top` rows. Does nothing if it has been
   * lowered since that page was requested.
   * @returns false if the page size is already the lowest
   */
  lower(top: number): boolean {
    if (this.top < top) return true;
    const next = ROUND_SIZES.find((size) => size < top);
    if (next === undefined) return false;
    this.top = next;
    log.warning(
      `${this.#path}: the API rejects this page size; requesting ${next} rows at a time.`,
    );
    return true;
  }
}

/** Returns what is known about an endpoint so far. */
export function limitsOf(
  path: string,
  known: Map<string, ServerLimits>,
  pageSize: number,
): ServerLimits {
  const limits = known.get(path) ?? new ServerLimits(path, pageSize);
  known.set(path, limits);
  return limits;
}

const VERBS = { rejected: 'rejects', ignored: 'ignores' } as const;
/** Page sizes that a server is likely to have as its limit. */
const ROUND_SIZES = [1000, 500, 250, 200, 100, 50, 25, 10];

/** Resolves to true if the server accepts a query with these options for one row. */
type Accepts = (options: readonly QueryOption[]) => Promise<boolean>;

/**
 * Returns the options that a query can do without, the most likely cause of a 400 first. If the
 * endpoint hides rows without a date filter, the date filter follows the paging options.
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
 * Finds out what a 400 or 501 rejects: the number of rows, one option or several options. If it
 * rejects several, keeps the options that are accepted together.
 * @param options the options of the rejected query
 * @param top the number of rows that it requested
 * @returns false if the server rejects even the simplest query
 */
export async function findRejected(
  options: readonly QueryOption[],
  limits: ServerLimits,
  accepts: Accepts,
  top: number,
): Promise<boolean> {
  if (options.includes('top') && (await accepts(options))) return limits.lower(top);
  const rejected = (await findOne(options, accepts)) ?? (await findSeveral(options, accepts));
  for (const option of rejected) limits.disable(option, 'rejected');
  return rejected.length > 0;
}

/** A server that cannot filter by a column, or select it, may answer 500 instead of 400. */
const BREAKING: ReadonlySet<QueryOption> = new Set(['select', 'date filter', 'date end']);

/**
 * Finds out which option causes a 500 that persists after retries.
 * @returns false if no option causes it
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
