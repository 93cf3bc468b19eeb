import { fromMilliseconds } from '@exact-spotter/singer';
import type { Client } from './api/client.ts';
import type { SelectedEndpoint } from './catalog.ts';
import { checkpoint, conclude } from './output/checkpoint.ts';
import type { Writer } from './output/writer.ts';
import { requestPages } from './paging/pages.ts';
import type { ServerLimits } from './request/server-limits.ts';
import { dateFilter } from './plan/date-range.ts';
import type { PlanSettings } from './plan/plan-settings.ts';
import { planRead, type ReadPlan } from './plan/plan.ts';
import { ReadTracker } from './plan/read-tracker.ts';
import type { State } from './state/state.ts';
import type { Progress } from './progress.ts';
import type { OpenReads } from './ranges/open-reads.ts';
import { RowReaders } from './rows/readers.ts';
import type { Timezone } from './rows/timezone.ts';
import { UnknownFields } from './rows/unknown-fields.ts';
import type { UnusableRows } from './rows/unusable-rows.ts';
import { SharedRead } from './shared-read.ts';

/** What all reads of a run share. */
export interface SyncContext {
  readonly client: Client;
  readonly timezone: Timezone;
  readonly state: State;
  readonly writer: Writer;
  readonly progress: Progress;
  readonly settings: PlanSettings;
  readonly pageSize: number;
  /** True to treat a read as complete although it has rows without a usable key. */
  readonly skipsUnusableRows: boolean;
  /** By endpoint path. */
  readonly limits: Map<string, ServerLimits>;
  /** The reads that idle workers may join. */
  readonly openReads: OpenReads;
}

export interface ReadResult {
  readonly plan: ReadPlan;
  /** Rows that the API sent, each counted once. */
  readonly rowsRead: number;
  /** The rows that could not be sent because they have no usable key. */
  readonly unusable: UnusableRows;
  /** False if rows may be missing. */
  readonly isSure: boolean;
  /**
   * The endpoint that must be read separately because the shared read lacks some of its columns.
   */
  readonly separate: SelectedEndpoint | undefined;
}

/**
 * Reads endpoints that share their rows, in these steps: plan, date filter, page, shared read, track,
 * rows, write, checkpoint, conclude. The steps from page to checkpoint are repeated for each page.
 */
export async function sync(
  endpoints: readonly SelectedEndpoint[],
  context: SyncContext,
): Promise<ReadResult> {
  const { client, settings, state, timezone, writer } = context;
  const plan = planRead(endpoints, state, settings, fromMilliseconds(Date.now()));
  const dates = dateFilter(plan.endpoint, plan.range, timezone, plan.isUnfiltered);
  const shared = new SharedRead(plan.endpoints, context);
  const readers = new RowReaders(plan.endpoints, timezone, plan.resumed);
  const unknownFields = new UnknownFields(
    plan.endpoint,
    settings.readWith.unknown_fields === 'keep',
  );
  const tracker = new ReadTracker(plan, timezone);
  for await (const page of requestPages(plan, dates, context)) {
    const streams = await shared.streamsIn(page, dates);
    unknownFields.report(page.rows);
    const rows = page.rows.filter((row) => dates.contains(row));
    tracker.note(page, rows, client);
    await writer.rows(readers.read(rows, streams), plan.versions, Date.now());
    if (!page.isLast) await checkpoint(page, streams, tracker, readers.unusable, context);
  }
  await shared.confirm(tracker);
  await conclude(shared.streams, tracker, readers.unusable, context);
  const { rowsRead, isSure } = tracker;
  return { plan, rowsRead, isSure, unusable: readers.unusable, separate: shared.separate };
}
