import type { TableName } from '@exact-spotter/schema';
import { log } from '@exact-spotter/singer';
import { AccountClock } from './clock.ts';
import { connect } from './connection.ts';
import { keepHeapSmall } from './memory.ts';
import { openOutput, openWriter } from './open-writer.ts';
import { planSettings } from './plan-settings.ts';
import { startProgress } from './progress/progress.ts';
import type { SelectedStream } from './select.ts';
import type { TapSettings } from './settings.ts';
import type { State } from './state.ts';
import { sync } from './sync.ts';
import { boundedTermination } from './termination.ts';

/**
 * Makes the parts of a run, runs it, and ends it in order: a termination signal drops the pages
 * under way, and the last state that is true goes out.
 */
export async function runSync(
  settings: TapSettings,
  selected: ReadonlyMap<TableName, SelectedStream>,
  state: State,
): Promise<void> {
  keepHeapSmall();
  const writer = await openWriter(settings, selected, state, await openOutput(settings));
  const termination = boundedTermination();
  const failure = new AbortController();
  const signal = AbortSignal.any([termination, failure.signal]);
  const { client, requestsLeft, close } = connect(settings, signal);
  const clock = new AccountClock(settings.timezone);
  const progress = await startProgress(requestsLeft);
  try {
    await sync({
      selected,
      settings: planSettings(settings, clock),
      concurrency: settings.concurrency,
      reconcile: settings.reconcile,
      context: {
        client,
        clock,
        state,
        writer,
        pageSize: settings.page_size,
        facts: new Map(),
        progress,
      },
      signal,
      stop: () => failure.abort(),
    });
  } catch (fault) {
    if (!termination.aborted) throw fault;
    log.info('Told to end: the run stops here, and the next one goes on from there.');
    await writer.state();
  } finally {
    progress.end();
    await close();
    await writer.end();
  }
}
