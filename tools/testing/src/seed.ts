/** Returns random numbers in [0, 1). The same seed yields the same sequence. */
export type Random = () => number;

/**
 * Turns a function that uses random numbers into a test. If the test fails, its error message contains
 * the seed. To repeat the test, set the environment variable `SEED` to that seed.
 * @param usual the seed if `SEED` is not set (default: a random seed)
 */
export function withSeed(
  body: (random: Random, seed: number) => Promise<void> | void,
  usual?: number,
): () => Promise<void> {
  return async () => {
    const seed = givenSeed() ?? usual ?? Math.floor(Math.random() * 2 ** 31);
    try {
      await body(mulberry32(seed), seed);
    } catch (error) {
      if (error instanceof Error) error.message = `${error.message} (repeat with SEED=${seed})`;
      throw error;
    }
  };
}

/** @returns undefined if `SEED` is not set @throws Error if it is not an integer */
export function givenSeed(): number | undefined {
  const { SEED: text = '' } = process.env;
  if (text === '') return undefined;
  const seed = Number(text);
  if (!Number.isInteger(seed)) throw new Error(`SEED must be an integer, but is ${text}.`);
  return seed;
}

/** Tommy Ettinger's mulberry32: small, and random enough to choose test cases. */
function mulberry32(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
