import type { TableName } from '@exact-spotter/schema';
import { log, ProgramError, timer } from '@exact-spotter/singer';
import { isEndpointError } from './api/errors.ts';
import { endpointGroups, type SelectedEndpoint, type SelectedStream } from './catalog.ts';
import { reconcile } from './paging/reconcile.ts';
import { sync, type ReadResult, type SyncContext } from './sync.ts';
import { quantity } from './text.ts';

export interface ScheduleOptions {
  readonly context: SyncContext;
  /** How many reads may be under way. */
  readonly concurrency: number;
  /** Compare each complete read with the server's count. */
  readonly reconcile: boolean;
  /** Ends the run gracefully. */
  readonly signal: AbortSignal;
  /** Aborts the signal, after an error in one read that ends them all. */
  readonly stop: () => void;
}

/**
 * Reads every endpoint that the selected streams need, several at a time, and writes the SCHEMA lines
 * of its streams first. An endpoint that cannot be read does not stop the others.
 * @throws ProgramError at the end if an endpoint could not be read completely; at once if nothing can be read
 */
export async function syncAll(
  selected: ReadonlyMap<TableName, SelectedStream>,
  options: ScheduleOptions,
): Promise<void> {
  const { state, writer } = options.context;
  if (!state.isEmpty) await writer.state();
  const waiting = endpointGroups(selected);
  const failed: string[] = [];
  const work = async (): Promise<void> => {
    for (let group = waiting.shift(); group; group = waiting.shift()) {
      const separate = await syncGroup(group, options, failed);
      if (separate) waiting.unshift([separate]);
    }
  };
  await allOrNone(Array.from({ length: options.concurrency }, work), options.stop);
  if (failed.length > 0) {
    throw new ProgramError(
      `Could not read all rows of ${failed.join(', ')}; see the messages above. Everything else was read, and the next run continues from there.`,
    );
  }
}

/** Waits for all. If one fails, stops the others and throws its error. */
async function allOrNone(works: readonly Promise<void>[], stop: () => void): Promise<void> {
  try {
    await Promise.all(works);
  } catch (error) {
    stop();
    await Promise.allSettled(works);
    throw error;
  }
}

/**
 * @param failed gets the names of streams that could not be read completely
 * @returns an endpoint that needs a read of its own
 */
async function syncGroup(
  group: readonly SelectedEndpoint[],
  options: ScheduleOptions,
  failed: string[],
): Promise<SelectedEndpoint | undefined> {
  const { writer } = options.context;
  const streams = group.flatMap((selected) => selected.streams);
  const names = namesOf(streams);
  for (const stream of streams) await writer.schema(stream);
  const measured = timer('sync_duration', { stream: names });
  try {
    const { withoutKey, isSure, separate } = await syncUpToNow(group, options);
    if (withoutKey > 0) {
      log.error(`${names}: not sent because they have no key: ${quantity(withoutKey, 'row')}.`);
    }
    if (withoutKey > 0 || !isSure) failed.push(names);
    for (const { stream } of streams) {
      log.info(`${stream}: ${quantity(writer.written(stream), 'row')}.`, { stream });
    }
    measured.end({ status: 'succeeded' });
    return separate;
  } catch (error) {
    measured.end({ status: 'failed' });
    if (!isEndpointError(error)) throw error;
    const lost = namesOf(group.at(-1)?.streams ?? []);
    log.error(error.message, { stream: lost });
    failed.push(lost);
    // The narrower endpoint can still be read without the wider one.
    return group.slice(0, -1)[0];
  }
}

/** Reads twice if the first read continued an interrupted one, which does not see what changed since. */
async function syncUpToNow(
  group: readonly SelectedEndpoint[],
  { context, signal, reconcile: isReconciling }: ScheduleOptions,
): Promise<ReadResult> {
  signal.throwIfAborted();
  const first = await sync(group, context);
  if (isReconciling && first.isSure) await reconcile(first.plan, first.rowsRead, context);
  if (!first.plan.resumed || !first.isSure) return first;
  const rest = group.filter((selected) => selected !== first.separate);
  const second = await sync(rest, context);
  const withoutKey = first.withoutKey + second.withoutKey;
  return { ...second, withoutKey, separate: first.separate };
}

function namesOf(streams: readonly SelectedStream[]): string {
  return streams.map(({ stream }) => stream).join(', ');
}
