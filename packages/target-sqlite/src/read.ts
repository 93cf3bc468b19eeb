import { setTimeout as pause } from 'node:timers/promises';
import { readLines, type Line } from '@exact-spotter/singer';

/** Milliseconds without input after which it counts as resting. */
const SILENCE = 200;

/**
 * Reads the lines of the input, a batch for each piece that came. An empty batch says that nothing
 * came for a while. Ends at once when `stop` says so.
 * @throws InputError for a line that is too long
 */
export async function* read(
  input: AsyncIterable<Uint8Array>,
  maxBytes: number,
  stop: AbortSignal,
): AsyncGenerator<readonly Line[]> {
  const lines = readLines(input, { maxBytes });
  let next = lines.next();
  const isStopped = (): boolean => stop.aborted;
  while (!isStopped()) {
    const waiting = new AbortController();
    const signal = AbortSignal.any([waiting.signal, stop]);
    const silence = pause(SILENCE, undefined, { signal }).catch(() => undefined);
    const came = await Promise.race([next, silence]);
    waiting.abort();
    if (isStopped() || came?.done === true) return;
    yield came?.value ?? [];
    if (came) next = lines.next();
  }
}
