import { log } from '@exact-spotter/singer';
import type { Client } from './api/client.ts';
import { isEndpointError } from './api/errors.ts';
import { literal, type ApiRow, type Query } from './api/odata.ts';
import type { SelectedEndpoint, SelectedStream } from './catalog.ts';
import { countRows } from './request/reconcile.ts';
import type { Page } from './request/read-request.ts';
import type { ServerLimits } from './request/server-limits.ts';
import type { DateFilter } from './plan/date-range.ts';
import type { ReadTracker } from './plan/read-tracker.ts';
import { rootMembers, valueAt } from './rows/api-members.ts';

interface Context {
  readonly client: Client;
  readonly limits: ReadonlyMap<string, ServerLimits>;
}

/**
 * Decides from the first page whether one read serves two endpoints. It does if the rows of the
 * wider endpoint have all the members that the columns of the narrower one need, and if both
 * endpoints have the same number of rows: the API may omit leads without persons.
 */
export class SharedRead {
  readonly #context: Context;
  #endpoints: readonly SelectedEndpoint[];
  #isDecided = false;
  #separate: SelectedEndpoint | undefined;
  /** The rows of the narrower endpoint, and the clauses that they match. */
  #counted: { readonly rows: number; readonly clauses: readonly string[] } | undefined;

  /** @param endpoints the narrower endpoint first; a single endpoint if nothing is shared */
  constructor(endpoints: readonly SelectedEndpoint[], context: Context) {
    this.#endpoints = endpoints;
    this.#context = context;
  }

  /** The endpoint that turned out to need a separate read. */
  get separate(): SelectedEndpoint | undefined {
    return this.#separate;
  }

  /** The streams that the rows belong to, as far as is known. */
  get streams(): readonly SelectedStream[] {
    return this.#endpoints.flatMap(({ streams }) => streams);
  }

  /**
   * Returns the streams that the rows belong to. The first call sends requests to find out.
   * @param dates the range that is read
   */
  async streamsIn(page: Page, dates: DateFilter): Promise<readonly SelectedStream[]> {
    const [narrower, wider] = this.#endpoints;
    if (this.#isDecided || !narrower || !wider) return this.streams;
    this.#isDecided = true;
    const pair = { narrower, wider };
    const counted = await compareRows(pair, page, dates, this.#context);
    const reason =
      typeof counted === 'string'
        ? counted
        : await missingColumns(page.rows, narrower, this.#context.client);
    if (reason !== undefined) this.#part(pair, reason);
    else if (typeof counted === 'number') {
      this.#counted = { rows: counted, clauses: dates.clauses };
    }
    return this.streams;
  }

  /**
   * Compares the rows that were really read with the count of the narrower endpoint, because the
   * count of the wider endpoint may include rows that it omits. If rows are missing, the narrower
   * endpoint is read separately, unless rows were deleted during the read.
   */
  async confirm({
    plan: { resumed },
    rowsRead,
    isSure,
  }: Pick<ReadTracker, 'plan' | 'rowsRead' | 'isSure'>): Promise<void> {
    const [narrower, wider] = this.#endpoints;
    const counted = this.#counted;
    if (!narrower || !wider || !counted || !isSure || resumed || rowsRead >= counted.rows) return;
    const now = await countRows(narrower.endpoint, counted.clauses, this.#context, 1);
    if (now !== undefined && rowsRead >= now) return;
    const reason = `has ${now ?? counted.rows} rows, but ${wider.endpoint.path} sent ${rowsRead}`;
    this.#part({ narrower, wider }, reason);
  }

  #part({ narrower, wider }: Pair, reason: string): void {
    const { path, stream } = narrower.endpoint;
    log.info(`${path} ${reason}, so it is read separately.`, { stream });
    this.#separate = narrower;
    this.#endpoints = [wider];
  }
}

interface Pair {
  readonly narrower: SelectedEndpoint;
  readonly wider: SelectedEndpoint;
}

/**
 * Compares the numbers of rows. Leads are added all the time, and answers may come from a cache, so
 * both are asked again, with another URL, before a difference is believed.
 * @returns the number of rows, or why the endpoints cannot share a read; undefined if the narrower
 * endpoint cannot be read
 */
async function compareRows(
  { narrower, wider }: Pair,
  page: Page,
  { clauses }: DateFilter,
  context: Context,
): Promise<number | string | undefined> {
  const count = ({ endpoint }: SelectedEndpoint, attempt: number): Promise<number | undefined> =>
    countRows(endpoint, clauses, context, attempt);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const known = attempt === 0 ? countIn(page) : undefined;
    const [one, other] = await Promise.all([
      count(narrower, attempt),
      known ?? count(wider, attempt),
    ]);
    if (one === undefined || other === undefined) break;
    if (one === other) return one;
    if (attempt > 0) return `has ${one} rows and ${wider.endpoint.path} ${other}`;
  }
  const isReadable =
    (await rowsOf(context.client, narrower.endpoint.path, { top: 1 })) !== undefined;
  if (!isReadable) return undefined;
  return `cannot be compared with ${wider.endpoint.path} because the API does not count rows`;
}

/** Returns how many rows the read has, if the page proves it. */
function countIn({ isLast, isSure, rowsRead, total = 0 }: Page): number | undefined {
  if (isLast) return isSure ? rowsRead : undefined;
  return total > rowsRead ? total : undefined;
}

/**
 * Tests whether the rows have all members that the narrower endpoint offers. A member that no row
 * has may be missing from both endpoints, so one row is also requested from the narrower endpoint for
 * comparison.
 * @returns why the endpoints cannot share a read
 */
async function missingColumns(
  rows: readonly ApiRow[],
  narrower: SelectedEndpoint,
  client: Client,
): Promise<string | undefined> {
  const missing = missingMembers(narrower, rows);
  const [first] = rows;
  if (missing.length === 0 || !first) return undefined;
  const { path, pageKey } = narrower.endpoint;
  const key = valueAt(first, pageKey.member.split('.')) ?? null;
  const query = { filter: [`${pageKey.member} eq ${literal(key)}`], top: 1 };
  const same = (await rowsOf(client, path, query)) ?? [];
  const isServed = !same.some((row) => missing.some((member) => Object.hasOwn(row, member)));
  return isServed ? undefined : 'has columns that the wider endpoint lacks';
}

/**
 * Returns undefined if the narrower endpoint cannot be read. The wider endpoint is then used instead.
 */
async function rowsOf(
  client: Client,
  path: string,
  query: Query,
): Promise<readonly ApiRow[] | undefined> {
  try {
    return (await client.page(path, query, 'always')).rows;
  } catch (error) {
    if (!isEndpointError(error)) throw error;
    log.warning(`${error.message} Its columns are read from the wider endpoint instead.`);
    return undefined;
  }
}

/** Returns the members of an endpoint's own table that no row has. */
function missingMembers(
  { endpoint, streams }: SelectedEndpoint,
  rows: readonly ApiRow[],
): string[] {
  const own = streams.find(({ stream }) => stream === endpoint.stream);
  return rootMembers(endpoint, [...(own?.columns ?? [])]).flatMap((members) =>
    rows.some((row) => members.some((member) => Object.hasOwn(row, member)))
      ? []
      : (members[0] ?? []),
  );
}
