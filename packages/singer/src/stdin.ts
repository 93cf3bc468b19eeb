import { extname } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { PipeRing } from './pipe-ring.ts';

/** Slots between two turns of the event loop, which signals and writes under way wait for. */
const SLOTS_A_TURN = 16;

/**
 * The bytes of the standard input, read by a thread of its own: while this thread is busy the pipe
 * is emptied all the same, up to 4 MiB, and the program that writes into it does not take turns
 * with us. Each piece is good until the next one is asked for.
 */
export async function* pipeBytes(stop: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const ring = new PipeRing();
  const file = new URL(`./pipe-thread${extname(import.meta.filename)}`, import.meta.url);
  const thread = new Worker(file, { workerData: ring.memory, stdin: false });
  const wake = (): void => ring.wake();
  stop?.addEventListener('abort', wake);
  try {
    for (let slots = 1; ; slots += 1) {
      await ring.filled();
      if (stop?.aborted === true) return;
      const bytes = ring.peek();
      if (bytes === undefined) return;
      yield bytes;
      ring.release();
      if (slots % SLOTS_A_TURN === 0) await turn();
    }
  } finally {
    stop?.removeEventListener('abort', wake);
    await thread.terminate();
  }
}
