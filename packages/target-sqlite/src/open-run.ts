import type { Output } from '@exact-spotter/singer';
import { keepBooks } from './database/bookkeeping.ts';
import { openToWrite } from './database/connection.ts';
import { placeOf } from './database/place.ts';
import { beginRun, otherWriter } from './database/runs.ts';
import { dropAllStaged } from './database/staging.ts';
import type { Db } from './database/sqlite.ts';
import { whenFree } from './lock.ts';
import type { TargetSettings } from './program.ts';
import { Run } from './run.ts';

export interface OpenOptions {
  readonly output: Output;
  readonly stop: AbortSignal;
  /** False where records come again without their children behind them. */
  readonly replacesChildren: boolean;
}

/**
 * Opens the database and notes that a run began.
 * @returns nothing when `stop` came while the database was busy
 */
export async function openRun(
  settings: TargetSettings,
  { output, stop, replacesChildren }: OpenOptions,
): Promise<Run | undefined> {
  const wait = { seconds: settings.lock_timeout_seconds, stop, path: placeOf(settings.database) };
  const db = await whenFree(undefined, wait, () => openToWrite(settings.database));
  if (!db) return undefined;
  const startedAt = new Date();
  const number = await whenFree(db, wait, () => noteBeginning(db, settings.state_id, startedAt));
  if (number === undefined) return undefined;
  return new Run({ db, settings, output, wait, number, startedAt, replacesChildren });
}

function noteBeginning(db: Db, stateId: string, startedAt: Date): number {
  const note = db.transaction(() => {
    keepBooks(db);
    if (otherWriter(db) === undefined) dropAllStaged(db);
    return beginRun(db, stateId, startedAt);
  });
  return note.immediate();
}
