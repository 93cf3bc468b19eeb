import type { TableName } from '@exact-spotter/schema';
import { log, ProgramError, timer } from '@exact-spotter/singer';
import { isSetFault } from './errors.ts';
import { fromMilliseconds } from './instant.ts';
import { feedGroups, planRead, type Feed, type PlanSettings } from './plan.ts';
import { reconcile } from './reconcile.ts';
import { runRead, type ReadContext, type ReadResult } from './read.ts';
import type { SelectedStream } from './select.ts';

/** What a run is to do. */
export interface SyncOptions {
  readonly selected: ReadonlyMap<TableName, SelectedStream>;
  readonly settings: PlanSettings;
  readonly concurrency: number;
  /** Complete reads are compared with the server's count. */
  readonly reconcile: boolean;
  readonly context: ReadContext;
  /** Ends the run in order. */
  readonly signal: AbortSignal;
  /** Makes the signal abort: one read has met what ends them all. */
  readonly stop: () => void;
}

/**
 * The run: every set that the selected streams need is planned, requested page by page, turned
 * into rows and written, several sets at a time. A set that cannot be read ends alone.
 * @throws ProgramError at the end when a set could not be read whole; at once when nothing can be read
 */
export async function sync(options: SyncOptions): Promise<void> {
  const { selected, context, concurrency, stop } = options;
  if (!context.state.isEmpty) await context.writer.state();
  const waiting = feedGroups(selected);
  const failed: string[] = [];
  const work = async (): Promise<void> => {
    for (let feeds = waiting.shift(); feeds; feeds = waiting.shift()) {
      const apart = await readGroup(feeds, options, failed);
      if (apart) waiting.unshift([apart]);
    }
  };
  await allOrNone(Array.from({ length: concurrency }, work), stop);
  if (failed.length > 0) {
    throw new ProgramError(
      `The run ended without all of ${failed.join(', ')}: the sentences above say why; everything else was read, and the next run goes on from there.`,
    );
  }
}

/** Waits for all; the first that fails stops the others, and its fault is the run's. */
async function allOrNone(works: readonly Promise<void>[], stop: () => void): Promise<void> {
  try {
    await Promise.all(works);
  } catch (fault) {
    stop();
    await Promise.allSettled(works);
    throw fault;
  }
}

/** @returns a feed that turned out to need a read of its own */
async function readGroup(
  feeds: readonly Feed[],
  options: SyncOptions,
  failed: string[],
): Promise<Feed | undefined> {
  const streams = feeds.flatMap((feed) => feed.streams);
  const names = streams.map(({ stream }) => stream).join(', ');
  for (const stream of streams) await options.context.writer.schema(stream);
  const measured = timer('sync_duration', { stream: names });
  try {
    const { withoutKey, isSure, apart } = await readUpToNow(feeds, options);
    if (withoutKey > 0) {
      log.error(`${names}: ${withoutKey} rows came without a key and could not be sent.`);
    }
    if (withoutKey > 0 || !isSure) failed.push(names);
    tell(streams, options.context);
    measured.end({ status: 'succeeded' });
    return apart;
  } catch (fault) {
    measured.end({ status: 'failed' });
    if (!isSetFault(fault)) throw fault;
    // What the wider of two sets was to bring may still come from the narrower one.
    const [narrower] = feeds.slice(0, -1);
    const lost = (feeds.at(-1)?.streams ?? []).map(({ stream }) => stream).join(', ');
    log.error(fault.message, { stream: lost });
    failed.push(lost);
    return narrower;
  }
}

/** A read that goes on where an earlier run was broken off knows nothing of what changed since: a second one does. */
async function readUpToNow(
  feeds: readonly Feed[],
  { context, settings, signal, reconcile: isReconciling }: SyncOptions,
): Promise<ReadResult> {
  const plan = planRead(feeds, context.state, settings, fromMilliseconds(Date.now()));
  signal.throwIfAborted();
  const result = await runRead(plan, context);
  if (isReconciling && result.isSure) await reconcile(plan, result.read, context);
  if (!plan.progress || !result.isSure) return result;
  const rest = result.apart ? feeds.filter((feed) => feed !== result.apart) : feeds;
  const again = planRead(rest, context.state, settings, fromMilliseconds(Date.now()));
  const second = await runRead(again, context);
  return { ...second, withoutKey: result.withoutKey + second.withoutKey, apart: result.apart };
}

function tell(streams: readonly SelectedStream[], { writer }: ReadContext): void {
  for (const { stream } of streams) {
    log.info(`${stream}: ${writer.written(stream)} rows.`, { stream });
  }
}
