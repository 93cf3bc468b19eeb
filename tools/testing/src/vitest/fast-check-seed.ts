import { givenSeed } from '../seed.ts';

/** Makes fast-check use the seed in the environment variable `SEED`. */
const seed = givenSeed();
if (seed !== undefined) {
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ seed });
}
