import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds between two checks. */
const INTERVAL = 20;

/**
 * Calls `fact` repeatedly until it returns something other than undefined, null or false. The only
 * limit is the test's timeout.
 * @returns the first such value
 */
export async function until<T>(
  fact: () => T | Promise<T>,
): Promise<Exclude<T, undefined | null | false>> {
  for (;;) {
    const value = await fact();
    if (value !== undefined && value !== null && value !== false) {
      return value as Exclude<T, undefined | null | false>;
    }
    await wait(INTERVAL);
  }
}
