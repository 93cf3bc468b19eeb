import { setTimeout as pause } from 'node:timers/promises';
import { asDatabaseError, DatabaseError, isBusy } from './database/faults.ts';
import { otherWriter } from './database/runs.ts';
import type { Db } from './database/sqlite.ts';

/** Milliseconds between two attempts. */
const PATIENCE = 50;

export interface Wait {
  readonly seconds: number;
  readonly stop: AbortSignal;
  readonly path: string;
}

/**
 * Does something that needs the lock, again and again while another program holds it. The wait
 * leaves the program able to end on a signal.
 * @returns undefined when `stop` came first
 * @throws DatabaseError naming the other program where it is one of ours
 */
export async function whenFree<T>(
  db: Db | undefined,
  { seconds, stop, path }: Wait,
  work: () => T,
): Promise<T | undefined> {
  const deadline = performance.now() + seconds * 1000;
  while (!stop.aborted) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error instanceof DatabaseError ? error.cause : error)) {
        throw asDatabaseError(error, path);
      }
      if (performance.now() >= deadline) throw busy(db, path, seconds, error);
    }
    await pause(PATIENCE, undefined, { signal: stop }).catch(() => undefined);
  }
  return undefined;
}

function busy(db: Db | undefined, path: string, seconds: number, cause: unknown): DatabaseError {
  const who = (db && otherWriter(db)) ?? 'another program';
  return new DatabaseError(
    `The database ${path} is being written by ${who}, and was not free within ${seconds} s: start again when it is done.`,
    { cause },
  );
}
