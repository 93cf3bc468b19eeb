import { log } from '@exact-spotter/singer';
import type { Client } from './client.ts';
import { isSetFault } from './errors.ts';
import { missingMembers } from './feed.ts';
import { literal, type Query } from './odata.ts';
import type { Feed } from './plan.ts';
import { valueAt, type WireRow } from './row.ts';

/**
 * Whether the rows of a wider set hold all that a narrower one's columns need. A member that no row
 * bears may be missing from both sets: the same row of the narrower one tells.
 */
export async function isWholeWithin(
  narrower: Feed,
  rows: readonly WireRow[],
  client: Client,
): Promise<boolean> {
  const missing = missingMembers(narrower, rows);
  const [first] = rows;
  if (missing.length === 0 || !first) return true;
  const { path, pageKey, stream } = narrower.set;
  const key = valueAt(first, pageKey.member.split('.')) ?? null;
  const query = { filter: [`${pageKey.member} eq ${literal(key)}`], top: 1 };
  const same = await rowsOf(client, path, query);
  const isWhole = !same.some((row) => missing.some((member) => Object.hasOwn(row, member)));
  if (!isWhole) {
    log.info(`${path} has columns that the wider set lacks: it is read by itself.`, { stream });
  }
  return isWhole;
}

/** None where the narrower set cannot be read at all: then the wider one has to do. */
async function rowsOf(client: Client, path: string, query: Query): Promise<readonly WireRow[]> {
  try {
    return (await client.page(path, query, 'full')).rows;
  } catch (fault) {
    if (!isSetFault(fault)) throw fault;
    log.warning(`${fault.message} Its columns are taken from the wider set.`);
    return [];
  }
}
