import type { Output } from '@exact-spotter/singer';
import { ensureBookkeeping } from '../bookkeeping/layout.ts';
import { beginRun, otherWriter } from '../bookkeeping/runs.ts';
import { openToWrite } from '../database/connection.ts';
import { databasePath } from '../database/file-path.ts';
import type { Db } from '../database/sqlite.ts';
import { dropAllStaged } from '../database/staging.ts';
import { inTransaction } from '../database/transaction.ts';
import type { TargetSettings } from '../settings.ts';
import { whenFree, type Wait } from './lock.ts';

export interface RunOptions {
  readonly output: Output;
  /** Ends the session early: everything up to the last STATE is kept. */
  readonly stop: AbortSignal;
  /** True to keep the children of a row when its record is loaded again (default: false). */
  readonly keepsChildren?: boolean;
}

/** The open database and the run that a session belongs to. */
export interface SessionContext {
  readonly db: Db;
  readonly settings: TargetSettings;
  readonly output: Output;
  readonly wait: Wait;
  /** The run's number in `_singer_runs`. */
  readonly run: number;
  readonly startedAt: Date;
  /** True if a row's children are deleted when its record is loaded again. */
  readonly replacesChildren: boolean;
}

/**
 * Opens the database, creates missing bookkeeping tables and begins a run.
 * @returns undefined if `stop` was aborted while the database was busy
 */
export async function openRun(
  settings: TargetSettings,
  { output, stop, keepsChildren = false }: RunOptions,
): Promise<SessionContext | undefined> {
  const path = databasePath(settings.database);
  const wait = { seconds: settings.lock_timeout_seconds, stop, path };
  const db = await whenFree(undefined, wait, () => openToWrite(settings.database));
  if (!db) return undefined;
  const startedAt = new Date();
  const run = await whenFree(db, wait, () =>
    inTransaction(db, () => {
      ensureBookkeeping(db);
      if (otherWriter(db) === undefined) dropAllStaged(db);
      return beginRun(db, settings.state_id, startedAt);
    }),
  );
  if (run === undefined) return undefined;
  // Append-only tables are a history, so the children of earlier versions of a row are kept.
  const replacesChildren = !keepsChildren && settings.load_method !== 'append-only';
  return { db, settings, output, wait, run, startedAt, replacesChildren };
}
