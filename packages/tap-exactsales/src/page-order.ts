import type { JsonValue } from '@exact-spotter/singer';
import type { Client } from './client.ts';
import { ApiBrokenError, ApiRejectedError } from './errors.ts';
import type { Option } from './facts.ts';
import { askFirst, type PageRead } from './page-query.ts';
import { valueAt, type WireRow } from './row.ts';
import type { SetLiteral } from './streams.ts';

/** The order in which the pages of a set are asked for. */
export function pageOrder({ pageKey, tieOrder }: SetLiteral): string[] {
  return [pageKey.member, ...(tieOrder === undefined ? [] : [tieOrder])];
}

/**
 * The option that a page betrays as not heeded; undefined for a page that stands as asked.
 * @param key that the page was asked to begin with, or behind
 */
export function misplaced(
  rows: readonly WireRow[],
  { pageKey: { member, unique } }: SetLiteral,
  key: JsonValue | undefined,
): Option | undefined {
  let before = typeof key === 'number' ? key : -Infinity;
  let isFirst = !unique || key === undefined;
  for (const row of rows) {
    const value = keyOf(row, member);
    if (typeof value !== 'number') return 'key filter';
    const tooLow = unique && !isFirst ? value <= before : value < before;
    if (tooLow) return before === key ? 'key filter' : 'orderby';
    before = value;
    isFirst = !unique;
  }
  return undefined;
}

export function keyOf(row: WireRow, member: string): JsonValue | undefined {
  return valueAt(row, member.split('.'));
}

/**
 * Asks for the row that stands last: a server that does not order gives another one.
 * @param key the highest one that was read
 * @returns how the order fails; nothing where it holds
 */
export async function orderFault(
  client: Client,
  read: PageRead,
  key: number,
): Promise<'ignored' | 'rejected' | undefined> {
  const { member } = read.set.pageKey;
  try {
    const row = await askFirst(client, read, [`${member} desc`]);
    const last = row && keyOf(row, member);
    return row === undefined || (typeof last === 'number' && last >= key) ? undefined : 'ignored';
  } catch (fault) {
    // What may be well another time, as after a timeout, is no verdict.
    if (fault instanceof ApiRejectedError || fault instanceof ApiBrokenError) return 'rejected';
    throw fault;
  }
}
