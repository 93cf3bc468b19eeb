import { setTimeout as pause } from 'node:timers/promises';
import { log } from '@exact-spotter/singer';
import { otherWriter } from '../bookkeeping/runs.ts';
import { asDatabaseError, DatabaseError, isBusy } from '../database/errors.ts';
import type { Db } from '../database/sqlite.ts';

/** Milliseconds between two attempts. */
const INTERVAL = 50;

export interface Wait {
  readonly seconds: number;
  readonly stop: AbortSignal;
  /** The path of the database. */
  readonly path: string;
}

/**
 * Does work that needs the database's write lock, and retries while another program holds the lock.
 * Signals are handled between two attempts.
 * @returns undefined if `stop` was aborted first
 * @throws DatabaseError when the timeout expires; the message names the other program if that is
 * also target-sqlite
 */
export async function whenFree<T>(
  db: Db | undefined,
  { seconds, stop, path }: Wait,
  work: () => T,
): Promise<T | undefined> {
  const deadline = performance.now() + seconds * 1000;
  let isWaiting = false;
  while (!stop.aborted) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error instanceof DatabaseError ? error.cause : error)) {
        throw asDatabaseError(error, path);
      }
      if (performance.now() >= deadline) throw busy(db, path, seconds, error);
      if (!isWaiting) log.debug(`The database ${path} is busy: waiting for up to ${seconds} s.`);
      isWaiting = true;
    }
    await pause(INTERVAL, undefined, { signal: stop }).catch(() => undefined);
  }
  return undefined;
}

function busy(db: Db | undefined, path: string, seconds: number, cause: unknown): DatabaseError {
  const writer = (db && otherWriter(db)) ?? 'Another program';
  return new DatabaseError(
    `${writer} is writing to the database ${path}, which was not free within ${seconds} s: wait for that program to finish, then start again.`,
    { cause },
  );
}
