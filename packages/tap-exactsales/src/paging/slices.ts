import { log, type JsonValue } from '@exact-spotter/singer';
import type { Client } from '../api/client.ts';
import { ApiRejectedError, ApiTimeoutError } from '../api/errors.ts';
import { literal } from '../api/odata.ts';
import { endpoints, type Endpoint } from '../endpoints.ts';
import { valueAt } from '../rows/api-members.ts';
import { wholeSet, type Page, type ReadPages, type ReadRequest } from '../request/read-request.ts';
import { countRows } from '../request/reconcile.ts';

/** A way to slice a set: a clause for some keys of another set. */
interface Slicing {
  readonly path: string;
  readonly member: string;
  /** The number of keys in a slice. */
  readonly size: number;
  /** True if every row belongs to a slice. */
  readonly isWhole: boolean;
  /** @param keys filter literals */
  readonly clause: (keys: readonly string[]) => string;
}

/**
 * Reads a set slice by slice: the rows of up to 100 leads each or, if the server rejects that or
 * takes too long, of one custom field each. It is the last resort for a set whose pages time out
 * regardless of their size, as `/LeadsCustomFields` does in large accounts. The slices have no date
 * filter, so they include the rows without a date.
 *
 * Every row has a lead, but a field may be missing from the list of fields, so a read by field is
 * sure only if the server counts as many rows.
 * @throws ApiRejectedError if the server supports neither
 */
export async function* slicedPages(
  client: Client,
  request: ReadRequest,
  readPages: ReadPages,
): AsyncGenerator<Page> {
  const { endpoint, limits: before, select } = request;
  log.warning(`${endpoint.path}: even small pages time out, so it is read in slices.`, {
    stream: endpoint.stream,
  });
  const slicing = await supportedSlicing(client, endpoint);
  const whole = wholeSet(endpoint, before.pageSize, select);
  let rowsRead = 0;
  let isSure = true;
  for await (const { keys, isSure: areKeysSure } of keysOf(
    slicing,
    before.pageSize,
    client,
    readPages,
  )) {
    const earlierSlices = rowsRead;
    isSure &&= areKeysSure;
    if (keys.length === 0) continue;
    for await (const page of readPages(client, { ...whole, slice: slicing.clause(keys) })) {
      rowsRead = earlierSlices + page.rowsRead;
      isSure &&= page.isSure;
      yield { rows: page.rows, rowsRead, isLast: false, isSure };
    }
  }
  const isCounted = slicing.isWhole || (await countRows(endpoint, [], { client })) === rowsRead;
  if (!isCounted) {
    log.warning(
      `${endpoint.path}: the fields have ${rowsRead} rows, and the API does not confirm that these are all; nothing is treated as deleted.`,
      { stream: endpoint.stream },
    );
  }
  yield { rows: [], rowsRead, isLast: true, isSure: isSure && isCounted };
}

/** Returns the slicing by lead if the server supports it for one lead, otherwise by field. */
async function supportedSlicing(client: Client, { path, slices }: Endpoint): Promise<Slicing> {
  const byLead: Slicing = {
    ...{ path: '/Leads', member: 'id', size: 100, isWhole: true },
    clause: (keys) => `${slices} in (${keys.join(',')})`,
  };
  const byField: Slicing = {
    ...{ path: '/customFields', member: 'key', size: 1, isWhole: false },
    clause: ([key]) => `id eq ${key}`,
  };
  const { rows } = await client.page(byLead.path, { top: 1 }, 'always');
  const [lead = null] = rows.map((row) => valueAt(row, [byLead.member]) ?? null);
  if (lead === null || (await accepts(client, path, byLead.clause([literal(lead)])))) return byLead;
  return byField;
}

/** True if the endpoint can be read in slices. */
export async function isReadInSlices(client: Client, endpoint: Endpoint): Promise<boolean> {
  if (endpoint.slices === undefined) return false;
  const slicing = await supportedSlicing(client, endpoint);
  return slicing.isWhole;
}

async function accepts(client: Client, path: string, clause: string): Promise<boolean> {
  try {
    await client.page(path, { filter: [clause], top: 1 }, 'except timeouts');
    return true;
  } catch (error) {
    if (error instanceof ApiRejectedError || error instanceof ApiTimeoutError) return false;
    throw error;
  }
}

interface Keys {
  /** Filter literals. */
  readonly keys: readonly string[];
  /** False if keys may be missing. */
  readonly isSure: boolean;
}

/** Yields the keys of a set, some at a time. */
async function* keysOf(
  { path, member, size }: Slicing,
  pageSize: number,
  client: Client,
  readPages: ReadPages,
): AsyncGenerator<Keys> {
  const endpoint = endpoints.find((candidate) => candidate.path === path);
  if (!endpoint) throw new Error(`There is no endpoint ${path}.`);
  let waiting: string[] = [];
  for await (const { rows, isSure } of readPages(client, wholeSet(endpoint, pageSize))) {
    const values = rows.map((row) => valueAt(row, [member]) ?? null);
    waiting.push(...values.filter((value: JsonValue) => value !== null).map(literal));
    for (; waiting.length >= size; waiting = waiting.slice(size)) {
      yield { keys: waiting.slice(0, size), isSure };
    }
    if (!isSure) yield { keys: [], isSure };
  }
  if (waiting.length > 0) yield { keys: waiting, isSure: true };
}
