import type { Ended } from '@exact-spotter/testing';
import {
  dated,
  many,
  readStreams,
  serve,
  type Asked,
  type Message,
  type Row,
  type Script,
} from './scripted.ts';

/** Sets that are large enough to be split into key ranges, and a server that is slow enough for it. */

export const PAGE = 20;

/** Returns rows with these unique IDs; each also has a unique name. */
export function withIds(ids: readonly number[]): Row[] {
  return ids.map((id) => ({ id, value: `stage ${id}` }));
}

/**
 * Returns rows of a set without IDs: as many rows of each lead as `sizes` says. Each row has a unique
 * name.
 * @param leadId returns the ID of the n-th lead
 */
export function byLead(sizes: readonly number[], leadId = (at: number): number => at + 1): Row[] {
  return sizes.flatMap((size, at) =>
    many(size, (index) => ({
      ...{ leadId: leadId(at), cycle: 1 },
      createdAt: dated(-300 + index / 24),
      destinationStage: `stage ${at}.${index}`,
    })),
  );
}

/** The numbers of rows of some leads: up to six each. */
export function fewEach(leads: number): number[] {
  return many(leads, (at) => 1 + ((at * 7) % 6));
}

/** The same, but a few leads have more rows than a page. */
export function someLarge(leads: number): number[] {
  return fewEach(leads).map((size, at) => (at % 60 === 40 ? 3 * PAGE + at : size));
}

/** IDs in clusters of 100 that are far apart, and a few IDs alone. */
export function inClusters(clusters: number): number[] {
  const start = (cluster: number): number => 1 + cluster ** 6 * 1_000_000_007;
  return [
    ...many(clusters * 100, (index) => start(Math.floor(index / 100)) + (index % 100)),
  ].concat([2 ** 52, 2 ** 53 - 1]);
}

export interface Served {
  readonly script?: Script;
  /** Returns false for a filter clause that the server ignores. */
  readonly respects?: (clause: string) => boolean;
  /** How long the server takes for a page, in milliseconds (default: 60). */
  readonly latencyMs?: number | ((asked: Asked) => number);
  readonly settings?: object;
  readonly state?: unknown;
  /** Milliseconds to wait before reading more of the tap's output (default: 0). */
  readonly pauseMs?: number;
}

export interface Read extends Ended {
  readonly messages: readonly Message[];
  readonly asked: readonly Asked[];
}

/** Runs the tap for all streams of `sets`. The names of the streams are also the paths. */
export async function readSets(
  sets: Readonly<Record<string, readonly Row[]>>,
  { script, respects, latencyMs = 60, settings = {}, state, pauseMs = 0 }: Served = {},
): Promise<Read> {
  const latency = typeof latencyMs === 'number' ? (): number => latencyMs : latencyMs;
  const server = await serve(sets, script, respects, latency);
  const ended = await readStreams(server.url, Object.keys(sets), {
    ...{ settings: { page_size: PAGE, ...settings }, pauseMs },
    ...(state !== undefined && { state }),
  });
  server.stop();
  return { ...ended, asked: server.asked };
}

/** Returns the requests for pages of a set. */
export function pagesOf(asked: readonly Asked[], path: string): readonly Asked[] {
  return asked.filter((one) => one.path === path && !one.isCount && one.query['$top'] !== '1');
}

/** Returns the requests that divide a range. */
export function splitsOf(asked: readonly Asked[], path: string): readonly Asked[] {
  return pagesOf(asked, path).filter(({ query }) => query['$skip'] !== undefined);
}

/** Returns the names of the rows that were sent, in order; a row that was sent twice is there twice. */
export function namesIn(messages: readonly Message[], stream: string): string[] {
  return messages
    .flatMap(({ record, ...message }) =>
      record !== undefined && message.stream === stream ? [nameOf(record)] : [],
    )
    .toSorted();
}

/** Returns the names of a set's rows, in order. */
export function namesOf(rows: readonly Row[]): string[] {
  return rows.map(nameOf).toSorted();
}

function nameOf(row: Row): string {
  return String(row['value'] ?? row['destinationStage'] ?? row['destination_stage'] ?? row['id']);
}
