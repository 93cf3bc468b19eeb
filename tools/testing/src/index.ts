export {
  ended,
  execute,
  outputOf,
  start,
  startProgram,
  type Child,
  type Ended,
  type StartOptions,
} from './programs.ts';
export { until } from './until.ts';
export { withSeed, type Random } from './seed.ts';
