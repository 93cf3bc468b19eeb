import { LineSplitter, type Line } from '@exact-spotter/singer';

/** Milliseconds without input after which it counts as resting; twice as many each time it lasts. */
const SILENCE = 20;
const LONGEST_SILENCE = 5000;

/** What came at once. */
export interface Piece {
  readonly lines: readonly Line[];
  readonly bytes: number;
  /** True where nothing came for a while. */
  readonly isSilence: boolean;
}

const NOTHING: Piece = { lines: [], bytes: 0, isSilence: true };

/**
 * Reads the lines of the input piece by piece, as they come. Ends when the input is closed because
 * `stop` said so.
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
  const following = async (): Promise<IteratorResult<Uint8Array>> =>
    chunks.next().catch((fault: unknown) => {
      if (isStopped()) return { done: true, value: undefined };
      throw fault;
    });
  try {
    for (let next = following(), patience = SILENCE; ;) {
      const came = await within(next, patience);
      if (isStopped()) return;
      if (came === undefined) {
        patience = Math.min(patience * 2, LONGEST_SILENCE);
        yield NOTHING;
        continue;
      }
      if (came.done === true) break;
      yield { lines: splitter.push(came.value), bytes: came.value.length, isSilence: false };
      next = following();
      patience = SILENCE;
    }
    yield { lines: splitter.end(), bytes: 0, isSilence: false };
  } finally {
    isOver = true;
    // Not waited for: a writer that is silent, or waits for us, may never let it end by itself.
    void chunks.return?.();
  }
}

/** @returns nothing where the promise takes longer */
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
