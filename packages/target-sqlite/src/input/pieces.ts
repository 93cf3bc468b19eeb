import { LineSplitter, type Line } from '@exact-spotter/singer';

/**
 * How many milliseconds without input are treated as silence. This time doubles while the silence
 * lasts.
 */
const MIN_SILENCE = 20;
const MAX_SILENCE = 5000;

/** Input that arrived together. */
export interface Piece {
  readonly lines: readonly Line[];
  readonly bytes: number;
  /** True if no input arrived for a while. */
  readonly isSilence: boolean;
}

const SILENCE: Piece = { lines: [], bytes: 0, isSilence: true };

/**
 * Reads the lines of the input piece by piece, as they arrive. Ends early if `stop` is aborted.
 * @throws InputError for a line that is too long
 */
export async function* read(
  input: AsyncIterable<Uint8Array>,
  maxBytes: number,
  stop: AbortSignal,
): AsyncGenerator<Piece> {
  const splitter = new LineSplitter(maxBytes);
  const chunks = input[Symbol.asyncIterator]();
  let isOver = false;
  const isStopped = (): boolean => stop.aborted || isOver;
  const nextChunk = async (): Promise<IteratorResult<Uint8Array>> =>
    chunks.next().catch((error: unknown) => {
      if (isStopped()) return { done: true, value: undefined };
      throw error;
    });
  try {
    for (let next = nextChunk(), timeout = MIN_SILENCE; ;) {
      const chunk = await within(next, timeout);
      if (isStopped()) return;
      if (chunk === undefined) {
        timeout = Math.min(timeout * 2, MAX_SILENCE);
        yield SILENCE;
        continue;
      }
      if (chunk.done === true) break;
      yield { lines: splitter.push(chunk.value), bytes: chunk.value.length, isSilence: false };
      next = nextChunk();
      timeout = MIN_SILENCE;
    }
    yield { lines: splitter.end(), bytes: 0, isSilence: false };
  } finally {
    isOver = true;
    // This is not awaited because a tap that is silent or blocked may never close the pipe.
    void chunks.return?.();
  }
}

/** @returns undefined if the promise takes longer than the given time */
async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
