import type { TableName } from '@exact-spotter/schema';
import { log, ProgramError, timer } from '@exact-spotter/singer';
import { ApiMissingError, isEndpointError } from './api/errors.ts';
import { endpointGroups, type SelectedEndpoint, type SelectedStream } from './catalog.ts';
import { underNextPath } from './endpoints.ts';
import { reconcile } from './request/reconcile.ts';
import { sync, type ReadResult, type SyncContext } from './sync.ts';
import { quantity } from './text.ts';

export interface ScheduleOptions {
  readonly context: SyncContext;
  /** Maximum number of requests in flight. */
  readonly concurrency: number;
  /** True to compare each complete read with the server's count. */
  readonly reconcile: boolean;
  /** Ends the run gracefully. */
  readonly signal: AbortSignal;
  /** Aborts the signal after an error that ends all reads. */
  readonly stop: () => void;
  /** Called when all reads have ended, even if some of them were incomplete. */
  readonly onEnd: () => void;
}

/**
 * Reads every endpoint that the selected streams need, several at a time. Once all have begun, idle
 * workers join the reads that take longest. Writes the SCHEMA lines
 * of an endpoint's streams before their rows. If an endpoint cannot be read, the remaining
 * endpoints still are.
 * @throws ProgramError at the end if an endpoint could not be read completely; at once if nothing
 * can be read
 */
export async function syncAll(
  selected: ReadonlyMap<TableName, SelectedStream>,
  options: ScheduleOptions,
): Promise<void> {
  const { openReads, state, writer } = options.context;
  if (!state.isEmpty) await writer.state();
  const waiting = endpointGroups(selected, options.context.settings.readWith);
  const failed: string[] = [];
  const work = async (): Promise<void> => {
    do {
      for (let group = waiting.shift(); group; group = waiting.shift()) {
        const read = group;
        const separate = await openReads.work(() => syncGroup(read, options, failed));
        if (separate) waiting.unshift([separate]);
      }
    } while (await openReads.join());
  };
  await allOrNone(Array.from({ length: options.concurrency }, work), options.stop);
  options.onEnd();
  if (failed.length > 0) {
    throw new ProgramError(
      `Could not read all rows of ${failed.join(', ')}; see the messages above. All other rows were read, and the next run continues from the state written so far.`,
    );
  }
}

/** Waits for all reads. If one read fails, stops the remaining reads and throws the error. */
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
 * @param failed receives the names of streams that could not be read completely
 * @returns an endpoint that must be read separately
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
    const { isSure, incomplete, separate } = await syncUpToNow(group, options);
    failed.push(...(isSure ? incomplete : [names]));
    for (const { stream } of streams) {
      log.info(`${stream}: ${quantity(writer.written(stream), 'row')}.`, { stream });
    }
    measured.end({ status: 'succeeded' });
    return separate;
  } catch (error) {
    measured.end({ status: 'failed' });
    if (!isEndpointError(error)) throw error;
    const [only, ...others] = group;
    if (error instanceof ApiMissingError && only && others.length === 0) {
      const endpoint = underNextPath(only.endpoint);
      if (endpoint) return { ...only, endpoint };
      if (isAllowedToBeMissing(only, options.context)) {
        log.warning(`${error.message} Not every account has it, so the run continues without it.`, {
          stream: names,
        });
        return undefined;
      }
    }
    const lost = namesOf(group.at(-1)?.streams ?? []);
    log.error(error.message, { stream: lost });
    failed.push(lost);
    // The narrower endpoint can still be read without the wider one.
    return group.slice(0, -1)[0];
  }
}

/**
 * True if the existence of an endpoint is not confirmed. If it ever had rows, it exists, so the error
 * is reported.
 */
function isAllowedToBeMissing(
  { endpoint, streams }: SelectedEndpoint,
  { state, writer }: SyncContext,
): boolean {
  const hadRows = streams.some(
    ({ stream }) => (state.bookmark(stream).longest_page ?? 0) > 0 || writer.written(stream) > 0,
  );
  return endpoint.optional === true && !hadRows;
}

/**
 * Reads again if a read resumed an interrupted read, which misses later changes, or fetched only the
 * rows that an earlier start date adds.
 */
async function syncUpToNow(
  group: readonly SelectedEndpoint[],
  { context, signal, reconcile: isReconciling }: ScheduleOptions,
): Promise<GroupResult> {
  const incomplete = new Set<TableName>();
  let separate: SelectedEndpoint | undefined;
  for (let reads = 1; ; reads += 1) {
    signal.throwIfAborted();
    const rest = group.filter((selected) => selected !== separate);
    const result = await sync(rest, context);
    const { plan, isSure } = result;
    if (isReconciling && reads === 1 && isSure) await reconcile(plan, result.rowsRead, context);
    for (const stream of incompleteStreams(result, context)) incomplete.add(stream);
    separate ??= result.separate;
    const isUpToDate = plan.resumed === undefined && !plan.isBackfill;
    if (isUpToDate || !isSure || reads === MOST_READS) {
      return { isSure, incomplete: [...incomplete], separate };
    }
  }
}

/** The rest of an interrupted read, the rows that an earlier start date adds, and what has changed. */
const MOST_READS = 3;

interface GroupResult extends Pick<ReadResult, 'isSure' | 'separate'> {
  /** The streams with rows that could not be sent, unless such rows are skipped on purpose. */
  readonly incomplete: readonly TableName[];
}

/** Logs the rows that could not be sent. */
function incompleteStreams(
  { plan, unusable }: ReadResult,
  { skipsUnusableRows }: SyncContext,
): TableName[] {
  for (const sentence of unusable.sentences()) {
    if (skipsUnusableRows) log.warning(`${sentence} It was skipped, as on_unusable_row says.`);
    else
      log.error(
        `${sentence} Missing rows of the stream are not treated as deleted; correct the row in Exact Spotter, or set on_unusable_row to skip to accept the gap.`,
      );
  }
  if (skipsUnusableRows) return [];
  const streams = plan.endpoints.flatMap((selected) => selected.streams);
  return streams.map(({ stream }) => stream).filter((stream) => unusable.has(stream));
}

function namesOf(streams: readonly SelectedStream[]): string {
  return streams.map(({ stream }) => stream).join(', ');
}
