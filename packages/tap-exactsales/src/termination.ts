import { terminationSignal } from '@exact-spotter/singer';

/** Milliseconds that a run which is told to end may take; a reader that does not read must not hold it. */
const LONGEST_END = 4000;

/** Aborts when the run is told to end; a while later the process ends whatever is still under way. */
export function boundedTermination(): AbortSignal {
  const termination = terminationSignal();
  termination.addEventListener('abort', () =>
    setTimeout(() => process.exit(0), LONGEST_END).unref(),
  );
  return termination;
}
