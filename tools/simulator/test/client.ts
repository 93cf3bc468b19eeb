import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Simulator } from '../src/index.ts';

export const TOKEN = 'canary-token';

export type Row = Readonly<Record<string, unknown>>;

type Query = Readonly<Record<string, string | number>>;

export interface Envelope {
  readonly value: readonly Row[];
  readonly '@odata.nextLink'?: string;
  readonly '@odata.count'?: number;
}

/** Sends one request without retries. */
export async function get(
  simulator: Simulator,
  path: string,
  query: Query = {},
  signal?: AbortSignal,
): Promise<Response> {
  const entries = Object.entries(query).map(([name, value]) => [name, String(value)]);
  const search = new URLSearchParams(entries).toString();
  return fetch(`${simulator.url}${path}?${search}`, {
    headers: { Token_Exact: TOKEN },
    redirect: 'manual',
    ...(signal && { signal }),
  });
}

/**
 * Reads one page.
 * @throws Error if the status is not 200
 */
export async function page(
  simulator: Simulator,
  path: string,
  query: Query = {},
): Promise<Envelope> {
  const response = await get(simulator, path, query);
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as Envelope;
}

/** Reads all rows of a query, page by page with `$skip`. */
export async function everyRow(
  simulator: Simulator,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const { value } = await page(simulator, path, { ...query, $skip: rows.length });
    if (value.length === 0) return rows;
    rows.push(...value);
  }
}

/** True if a promise is still pending. */
export async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const settled = promise.then(
    () => false,
    () => false,
  );
  return Promise.race([settled, nextTurn(true)]);
}
