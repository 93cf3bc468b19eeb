import { log } from '@exact-spotter/singer';
import type { Client } from './api/client.ts';
import { isEndpointError } from './api/errors.ts';
import { literal, type ApiRow, type Query } from './api/odata.ts';
import type { SelectedEndpoint, SelectedStream } from './catalog.ts';
import { rootMembers, valueAt } from './rows/api-members.ts';

/**
 * Decides from the first rows whether one read serves two endpoints. It does if the rows of the
 * wider endpoint have all the members that the columns of the narrower one need.
 */
export class SharedRead {
  readonly #client: Client;
  #endpoints: readonly SelectedEndpoint[];
  #isDecided = false;
  #separate: SelectedEndpoint | undefined;

  /** @param endpoints the narrower endpoint first; a single endpoint if nothing is shared */
  constructor(endpoints: readonly SelectedEndpoint[], client: Client) {
    this.#endpoints = endpoints;
    this.#client = client;
  }

  /** The endpoint that turned out to need a separate read. */
  get separate(): SelectedEndpoint | undefined {
    return this.#separate;
  }

  /** The streams that the rows belong to, as far as is known. */
  get streams(): readonly SelectedStream[] {
    return this.#endpoints.flatMap(({ streams }) => streams);
  }

  /** Returns the streams that the rows belong to. The first call may send a request to find out. */
  async streamsIn(rows: readonly ApiRow[]): Promise<readonly SelectedStream[]> {
    const [narrower, wider] = this.#endpoints;
    if (this.#isDecided || !narrower || !wider || rows.length === 0) return this.streams;
    this.#isDecided = true;
    if (!(await isServedBy(rows, narrower, this.#client))) {
      this.#separate = narrower;
      this.#endpoints = [wider];
    }
    return this.streams;
  }
}

/**
 * True if the rows have all members that the narrower endpoint offers. A member that no row has may
 * be missing from both endpoints, so one row is also requested from the narrower endpoint to
 * compare.
 */
async function isServedBy(
  rows: readonly ApiRow[],
  narrower: SelectedEndpoint,
  client: Client,
): Promise<boolean> {
  const missing = missingMembers(narrower, rows);
  const [first] = rows;
  if (missing.length === 0 || !first) return true;
  const { path, pageKey, stream } = narrower.endpoint;
  const key = valueAt(first, pageKey.member.split('.')) ?? null;
  const query = { filter: [`${pageKey.member} eq ${literal(key)}`], top: 1 };
  const same = await rowsOf(client, path, query);
  const isServed = !same.some((row) => missing.some((member) => Object.hasOwn(row, member)));
  if (!isServed) {
    log.info(`${path} has columns that the wider endpoint lacks, so it is read separately.`, {
      stream,
    });
  }
  return isServed;
}

/**
 * Returns no rows if the narrower endpoint cannot be read, because the wider endpoint is used
 * instead.
 */
async function rowsOf(client: Client, path: string, query: Query): Promise<readonly ApiRow[]> {
  try {
    return (await client.page(path, query, 'always')).rows;
  } catch (error) {
    if (!isEndpointError(error)) throw error;
    log.warning(`${error.message} Its columns are read from the wider endpoint instead.`);
    return [];
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
