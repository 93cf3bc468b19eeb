import type { Pace } from '../pace.ts';
import type { SplitRead } from './split-read.ts';

/** A worker joins a read only if that saves at least this many milliseconds. */
const LEAST_SAVED = 250;

/** The reads in progress, and the workers that may join them when no other read is waiting. */
export class OpenReads {
  readonly #pace: Pace;
  readonly #reads = new Set<SplitRead>();
  #wake: (() => void)[] = [];
  /** Workers that are not idle. */
  #busy = 0;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  add(read: SplitRead): void {
    this.#reads.add(read);
  }

  remove(read: SplitRead): void {
    this.#reads.delete(read);
    this.changed();
  }

  /** Wakes the idle workers. */
  changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** Does a worker's own work. */
  async work<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      this.changed();
    }
  }

  /**
   * Lets an idle worker join the read that will take longest. If no read needs another worker, waits
   * until something changes.
   * @returns false if no read is in progress
   */
  async join(): Promise<boolean> {
    if (this.#busy === 0) return false;
    const reads = [...this.#reads].filter((read) => this.savesTime(read));
    const [longest] = reads.sort((one, other) => other.pagesPerWorker - one.pagesPerWorker);
    if (longest) await this.work(() => longest.join());
    else await new Promise<void>((resolve) => this.#wake.push(resolve));
    return true;
  }

  /**
   * True if another worker would shorten a read: half of its pages would be read concurrently, and the
   * division may cost a request.
   */
  savesTime(read: SplitRead): boolean {
    const { pageTime, requestsToFillLimit, requestCost } = this.#pace;
    if (pageTime === undefined || this.#busy >= requestsToFillLimit) return false;
    return (read.pagesPerWorker * pageTime) / 2 >= Math.max(LEAST_SAVED, requestCost);
  }
}
