import { setTimeout as wait } from 'node:timers/promises';
import type { Simulator } from '../src/index.ts';

export const TOKEN = 'canary-token';

export type Row = Readonly<Record<string, unknown>>;

export interface Envelope {
  readonly value: readonly Row[];
  readonly '@odata.nextLink'?: string;
  readonly '@odata.count'?: number;
}

/** A plain client: one request, no retries. */
export async function get(
  simulator: Simulator,
  path: string,
  query: Readonly<Record<string, string | number>> = {},
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

/** The rows of one page. @throws Error where the answer is no page */
export async function page(
  simulator: Simulator,
  path: string,
  query: Readonly<Record<string, string | number>> = {},
): Promise<Envelope> {
  const response = await get(simulator, path, query);
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as Envelope;
}

/** All rows of a query, page by page by `$skip`. */
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

/** Whether a promise is still pending after so many milliseconds. */
export async function hangs(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const settled = promise.then(
    () => false,
    () => false,
  );
  return Promise.race([settled, wait(ms, true, { ref: false })]);
}
