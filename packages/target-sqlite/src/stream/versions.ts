/**
 * How many versions are remembered per stream. Without a limit, a new version in every row would
 * fill the memory.
 */
const MAX_REMEMBERED = 1000;

/**
 * Decides when a version of a stream is activated, which deletes the rows of older versions:
 *
 * - at the ACTIVATE_VERSION itself, if records of that version precede it;
 * - at the end of the input, if the records follow it (some taps announce the version first);
 * - at the next STATE, if the stream has no records at all (the source is empty);
 * - never, if the records have no version.
 */
export class Versions {
  readonly #seen = new Set<number>();
  #last: number | undefined;
  #records = 0;
  #announced: number | undefined;

  /** Counts a record. @param version undefined if the record has no version */
  record(version: number | undefined): void {
    this.#records += 1;
    if (version === undefined || version === this.#last) return;
    this.#last = version;
    this.#seen.add(version);
    if (this.#seen.size > MAX_REMEMBERED) this.#forgetOldest();
  }

  #forgetOldest(): void {
    for (const version of this.#seen) {
      this.#seen.delete(version);
      return;
    }
  }

  /** @returns true if the version is to be activated now, false if it is to be activated later */
  announce(version: number): boolean {
    const now = this.#seen.has(version);
    this.#announced = now ? undefined : version;
    return now;
  }

  /** @returns the version to activate at a STATE; undefined if there is no such version */
  atState(): number | undefined {
    return this.#records === 0 ? this.#take() : undefined;
  }

  /** @returns the version to activate at the end of the input, or a warning */
  atEnd(): { readonly version?: number; readonly warning?: string } {
    const version = this.#take();
    if (version === undefined || this.#records === 0) return {};
    if (this.#seen.has(version)) return { version };
    const actual = this.#seen.size === 0 ? 'no version' : 'other versions';
    return {
      warning: `ACTIVATE_VERSION names version ${version}, but the records of this run have ${actual}: no rows were deleted.`,
    };
  }

  #take(): number | undefined {
    const version = this.#announced;
    this.#announced = undefined;
    return version;
  }
}
