import { log } from '@exact-spotter/singer';
import type { SelectedStream } from '../catalog.ts';
import type { Page } from '../paging/request.ts';
import type { ServerLimits } from '../paging/server-limits.ts';
import { endedBookmark, progressMarkers, type ReadTracker } from '../plan/bookmarks.ts';
import type { ReadPlan } from '../plan/plan.ts';
import type { State } from '../plan/state.ts';
import type { Writer } from './writer.ts';

interface Context {
  readonly state: State;
  readonly writer: Writer;
  readonly limits: ReadonlyMap<string, ServerLimits>;
}

/** Writes a STATE from which a later run can continue if this run ends after the page. */
export async function checkpoint(
  page: Page,
  streams: readonly SelectedStream[],
  tracker: ReadTracker,
  { state, writer }: Context,
): Promise<void> {
  const markers = progressMarkers(page.resume, tracker);
  for (const { stream } of streams) {
    state.set(stream, { ...state.bookmark(stream), progress_markers: markers });
  }
  await writer.state();
}

/**
 * Ends a read. If the read missed no row, declares as deleted the rows that it did not find, and
 * advances the bookmarks. The order matters: another read may write a STATE in between, and that
 * STATE must not cover anything that has not been written yet.
 */
export async function conclude(
  streams: readonly SelectedStream[],
  tracker: ReadTracker,
  context: Context,
): Promise<void> {
  const { state, writer } = context;
  if (tracker.isSure) {
    await declareDeleted(streams, tracker.plan, context);
    for (const { stream } of streams) {
      state.set(stream, endedBookmark(stream, state.bookmark(stream), tracker));
    }
  }
  await writer.state();
}

async function declareDeleted(
  streams: readonly SelectedStream[],
  plan: ReadPlan,
  { writer, limits }: Context,
): Promise<void> {
  const { version, isComplete } = plan;
  if (version === undefined || hidesRows(plan, limits)) return;
  await declareWindow(streams, plan, version, writer);
  if (!isComplete) return;
  for (const { stream } of streams) await writer.activateVersion(stream, version);
}

/**
 * Repeats the SCHEMA with the range that was read, so that a target can delete the rows in the
 * range that were not sent.
 */
async function declareWindow(
  streams: readonly SelectedStream[],
  { method, endpoint, range }: ReadPlan,
  version: number,
  writer: Writer,
): Promise<void> {
  const own = streams.find(({ stream }) => stream === endpoint.stream);
  if (method !== 'window' || !own || !endpoint.date) return;
  const covered = { column: endpoint.date.column, from: range.from, to: range.to, version };
  await writer.schema(own, { 'x-covered': covered });
}

/** True if the server hides old rows without a date filter and does not support a date filter. */
function hidesRows({ endpoint }: ReadPlan, limits: Context['limits']): boolean {
  const canFilter = limits.get(endpoint.path)?.supports('date filter') ?? true;
  if (endpoint.hidesWithoutDate !== true || canFilter) return false;
  log.warning(
    `${endpoint.path}: without a date filter the API hides old rows, so missing rows are not treated as deleted.`,
    { stream: endpoint.stream },
  );
  return true;
}
