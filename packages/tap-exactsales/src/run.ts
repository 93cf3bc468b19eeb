import { setFlagsFromString } from 'node:v8';
import type { TableName } from '@exact-spotter/schema';
import { stdoutOutput } from '@exact-spotter/singer';
import { connect } from './api/client.ts';
import type { SelectedStream } from './catalog.ts';
import { openOutput, openWriter } from './output/writer.ts';
import { logPace, Pace } from './pace.ts';
import { planSettings } from './plan/plan-settings.ts';
import type { State } from './state/state.ts';
import { startProgress } from './progress.ts';
import { OpenReads } from './ranges/open-reads.ts';
import { Timezone } from './rows/timezone.ts';
import { syncAll } from './schedule.ts';
import type { TapSettings } from './settings.ts';

/**
 * Opens the output and the connection, reads the selected streams, and closes everything in order.
 * @param termination aborts the requests in flight; the last valid STATE is still written
 * @throws StoppedError if the run was stopped before it was complete
 */
export async function run(
  settings: TapSettings,
  selected: ReadonlyMap<TableName, SelectedStream>,
  state: State,
  termination: AbortSignal,
): Promise<void> {
  keepHeapSmall();
  const output = stdoutOutput();
  const writer = await openWriter(settings, selected, state, await openOutput(settings, output));
  const failure = new AbortController();
  const signal = AbortSignal.any([termination, failure.signal]);
  const { client, quota, close } = connect(settings, signal);
  const pace = new Pace(client.pageTime, settings);
  const timezone = new Timezone(settings.timezone);
  const progress = await startProgress(quota);
  const begun = performance.now();
  try {
    await syncAll(selected, {
      context: {
        client,
        timezone,
        state,
        writer,
        progress,
        settings: planSettings(settings, timezone),
        pageSize: settings.page_size,
        skipsUnusableRows: settings.on_unusable_row === 'skip',
        limits: new Map(),
        openReads: new OpenReads(pace),
      },
      concurrency: settings.concurrency,
      reconcile: settings.reconcile,
      signal,
      stop: () => failure.abort(),
      onEnd: () => {
        const run = performance.now() - begun;
        const { allInUse } = client;
        const waits = { run, rateLimit: quota.waited, reader: output.waited, allInUse };
        logPace(waits, pace, settings.concurrency);
      },
    });
  } catch (error) {
    if (!termination.aborted) throw error;
    await writer.state();
    termination.throwIfAborted();
  } finally {
    progress.end();
    await close();
    await writer.end();
  }
}

/**
 * Keeps the heap close to the memory in use. Almost everything in a page becomes garbage at once.
 * By default, V8 lets this garbage pile up: it doubles the space for young objects up to 100 MiB,
 * and collects old objects and their buffers only when there are several times as many as needed.
 * Collecting sooner costs 5 % of the time, which does not matter because a run mostly waits for the
 * API.
 */
function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=120');
}
