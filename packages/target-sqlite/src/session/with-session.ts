import { InputError, log } from '@exact-spotter/singer';
import { endRun, type Outcome } from '../bookkeeping/runs.ts';
import { closeWritten } from '../database/connection.ts';
import { asDatabaseError } from '../database/errors.ts';
import type { LineParser } from '../input/line-parser.ts';
import type { TargetSettings } from '../settings.ts';
import { openRun, type RunOptions, type SessionContext } from './context.ts';
import { Session } from './session.ts';

export interface SessionOptions extends RunOptions {
  readonly parser: LineParser;
  /** The folders that may contain BATCH files. */
  readonly batchFolders: readonly string[];
}

/**
 * Opens the database, does the work, and records the end of the run in `_singer_runs` even if the work
 * fails. Ends immediately if `stop` is aborted while the database is busy.
 * @throws InputError, DatabaseError; StoppedError if `stop` was aborted; OutputClosedError or OutputFailedError at the end if a STATE could
 * not be written to the output
 */
export async function withSession(
  settings: TargetSettings,
  options: SessionOptions,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  const { stop, parser, batchFolders } = options;
  const context = await openRun(settings, options);
  if (!context) {
    stop.throwIfAborted();
    return;
  }
  const maxLineBytes = settings.max_line_bytes;
  const session = new Session(context, { batchFolders, maxLineBytes, parser });
  let isStopped: boolean;
  try {
    await work(session);
    if (stop.aborted) session.committer.abandon();
    else await session.finish();
    isStopped = stop.aborted;
    end(session, context, isStopped ? 'stopped' : 'done');
  } catch (cause) {
    const error = asDatabaseError(cause, context.wait.path);
    undo(session, error);
    end(session, context, 'failed', error instanceof Error ? error.message : undefined);
    throw error;
  } finally {
    await session.committer.flush();
    closeWritten(context.db);
  }
  if (session.committer.outputError) throw session.committer.outputError;
  if (isStopped) stop.throwIfAborted();
}

/** Keeps everything up to the last STATE if the input is invalid, and rolls back on any other error. */
function undo({ committer }: Session, error: unknown): void {
  try {
    if (error instanceof InputError) committer.abandon();
    else committer.rollback();
  } catch (failure) {
    log.debug(`The pending rows could not be rolled back: ${String(failure)}`);
  }
}

function end(
  session: Session,
  { db, run, startedAt }: SessionContext,
  outcome: Outcome,
  reason?: string,
): void {
  const { rows } = session.counts.progress;
  const total = rows.values().reduce((sum, count) => sum + count, 0);
  try {
    if (outcome !== 'done') session.dropStaged();
    endRun(db, run, { outcome, startedAt, ...(reason !== undefined && { reason }) });
  } catch (error) {
    if (outcome !== 'failed') throw error;
  }
  reportStreams(session);
  const { quarantined } = session.records;
  if (quarantined > 0) log.warning(`Records quarantined in _singer_quarantine: ${quarantined}`);
  if (outcome !== 'failed') log.info(`Rows loaded: ${total}`, { streams: rows.size });
}

/** Warns about values that were changed or not stored. */
function reportStreams({ registry }: Session): void {
  for (const { name, history } of registry.all()) {
    const { surrogates, undeclared } = history;
    if (surrogates > 0) {
      log.warning(`Strings in which unpaired surrogates were replaced by U+FFFD: ${surrogates}`, {
        stream: name,
      });
    }
    for (const property of undeclared) {
      log.warning(
        'Records have a property that the schema does not declare; the property is not stored.',
        {
          stream: name,
          property,
        },
      );
    }
  }
}
