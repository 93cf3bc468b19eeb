import { log } from '@exact-spotter/singer';
import { replicationKey, type SelectedStream } from '../catalog.ts';
import type { Page } from '../request/read-request.ts';
import type { ServerLimits } from '../request/server-limits.ts';
import { endedBookmark, incompleteBookmark, progressMarkers } from '../state/bookmarks.ts';
import type { ReadPlan } from '../plan/plan.ts';
import type { ReadTracker } from '../plan/read-tracker.ts';
import type { State } from '../state/state.ts';
import type { UnusableRows } from '../rows/unusable-rows.ts';
import type { Writer } from './writer.ts';

interface Context {
  readonly state: State;
  readonly writer: Writer;
  readonly limits: ReadonlyMap<string, ServerLimits>;
  readonly skipsUnusableRows: boolean;
}

/** Writes a STATE from which a later run can continue if this run ends after the page. */
export async function checkpoint(
  page: Page,
  streams: readonly SelectedStream[],
  tracker: ReadTracker,
  unusable: UnusableRows,
  { state, writer }: Context,
): Promise<void> {
  const progress = progressMarkers(page.resume, unusable.streams, tracker);
  for (const { stream } of streams) {
    state.set(stream, { ...state.bookmark(stream), progress });
  }
  await writer.state();
}

/**
 * Ends a read. If the read missed no row, declares as deleted the rows that it did not find, and
 * advances the bookmarks of the streams whose rows could all be sent. The order matters: another
 * read may write a STATE in between, and that STATE must not cover anything that has not been
 * written yet.
 */
export async function conclude(
  streams: readonly SelectedStream[],
  tracker: ReadTracker,
  unusable: UnusableRows,
  context: Context,
): Promise<void> {
  const { state, writer, limits, skipsUnusableRows } = context;
  if (tracker.isSure) {
    const isWhole = ({ stream }: SelectedStream): boolean =>
      skipsUnusableRows || !unusable.has(stream);
    const whole = streams.filter(isWhole);
    await declareDeleted(whole, tracker.plan, context);
    const seen = limits.get(tracker.plan.endpoint.path) ?? NOTHING_SEEN;
    for (const { stream } of whole) {
      state.set(stream, endedBookmark(stream, state.bookmark(stream), tracker, seen));
    }
    for (const { stream } of streams.filter((one) => !isWhole(one))) {
      state.set(stream, incompleteBookmark(stream, state.bookmark(stream), tracker));
    }
  }
  await writer.state();
}

const NOTHING_SEEN = { longestPage: 0, isCountProven: false };

async function declareDeleted(
  streams: readonly SelectedStream[],
  plan: ReadPlan,
  { writer, limits }: Context,
): Promise<void> {
  const { version, isComplete, keepsOlderRows } = plan;
  if (version === undefined || hidesRows(plan, limits)) return;
  await declareRange(streams, plan, version, writer);
  if (!isComplete || keepsOlderRows) return;
  for (const { stream } of streams) await writer.activateVersion(stream, version);
}

/**
 * Repeats the SCHEMA with the range that was read, so that a target can delete the rows in the
 * range that were not sent: after the read of a window, and after a complete read that begins later
 * than earlier ones, because the older rows were not read.
 */
async function declareRange(
  streams: readonly SelectedStream[],
  { method, range, keepsOlderRows }: ReadPlan,
  version: number,
  writer: Writer,
): Promise<void> {
  if (method !== 'window' && !keepsOlderRows) return;
  const { from, to = END_OF_TIME } = range;
  for (const stream of streams) {
    const column = replicationKey(stream.stream);
    if (column !== undefined)
      await writer.schema(stream, { 'x-covered': { column, from, to, version } });
  }
}

/** Rows may be dated in the future. */
const END_OF_TIME = '9999-12-31T23:59:59Z';

/**
 * True if the server hides old rows without a date filter and does not support a date filter, or if
 * the rows whose date was removed cannot be found.
 */
function hidesRows({ endpoint }: ReadPlan, known: Context['limits']): boolean {
  const limits = known.get(endpoint.path);
  if (limits?.hidesUndated === true) return true;
  const canFilter = limits?.supports('date filter') ?? true;
  if (endpoint.hidesWithoutDate !== true || canFilter) return false;
  log.warning(
    `${endpoint.path}: without a date filter the API hides old rows, so missing rows are not treated as deleted.`,
    { stream: endpoint.stream },
  );
  return true;
}
