import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds between two checks. */
const INTERVAL = 20;

/**
 * Waits until something is true. The only limit is the timeout of the test.
 * @param fact returns undefined, null or false until then
 * @returns the first other value of `fact`
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
