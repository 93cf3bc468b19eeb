/** Versions of a stream that are remembered: one that gives every row another shall not fill the memory. */
const MOST_KEPT = 1000;

/**
 * When a version of a stream may be activated, which takes the rows of older versions away:
 * where ACTIVATE_VERSION stands, when records of that version came before it; at the end of input,
 * when they come after it (taps that announce first); at the next STATE, when no record comes at
 * all (the source is empty, and the tap has gone past it); never when the records bear no version.
 */
export class Versions {
  readonly #seen = new Set<number>();
  #last: number | undefined;
  #records = 0;
  #announced: number | undefined;

  /** To be called for every record, with its version. */
  record(version: number | undefined): void {
    this.#records += 1;
    if (version === undefined || version === this.#last) return;
    this.#last = version;
    this.#seen.add(version);
    if (this.#seen.size > MOST_KEPT) this.#forgetOldest();
  }

  #forgetOldest(): void {
    for (const version of this.#seen) {
      this.#seen.delete(version);
      return;
    }
  }

  /** @returns true when the version is to be activated now; otherwise it waits */
  announce(version: number): boolean {
    const now = this.#seen.has(version);
    this.#announced = now ? undefined : version;
    return now;
  }

  /** @returns the version to be activated where a STATE stands */
  atState(): number | undefined {
    return this.#records === 0 ? this.#take() : undefined;
  }

  /** @returns the version to be activated at the end of input, or a warning */
  atEnd(): { readonly version?: number; readonly warning?: string } {
    const version = this.#take();
    if (version === undefined || this.#records === 0) return {};
    if (this.#seen.has(version)) return { version };
    const bear = this.#seen.size === 0 ? 'bear no version' : 'are of other versions';
    return {
      warning: `ACTIVATE_VERSION named version ${version}, but the records of this run ${bear}: no row was taken as deleted.`,
    };
  }

  #take(): number | undefined {
    const version = this.#announced;
    this.#announced = undefined;
    return version;
  }
}
