/** Limits how many tasks run at the same time. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  #allInUseSince = 0;
  #allInUse = 0;

  constructor(slots: number) {
    this.#free = slots;
  }

  /** For how many milliseconds all slots were in use. */
  get allInUse(): number {
    return this.#allInUse;
  }

  /** Runs a task as soon as fewer tasks are running than there are slots, in the order of the calls. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#take();
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#release();
    }
  }

  #take(): void {
    this.#free -= 1;
    if (this.#free === 0) this.#allInUseSince = performance.now();
  }

  #release(): void {
    if (this.#free === 0) this.#allInUse += performance.now() - this.#allInUseSince;
    this.#free += 1;
  }
}
