/** A range of integers. */
export interface Range {
  readonly from: number;
  /** The end of the range (exclusive). */
  readonly to: number;
}

/**
 * Assigns a set's rows to leads by a repeating pattern of row counts. With `[2, 0, 1]`, the first
 * lead has two rows, the second lead has none and the third lead has one. A row's lead and a lead's
 * rows are computed from the pattern instead of stored.
 */
export class RowsPerLead {
  readonly total: number;
  readonly #leads: number;
  readonly #before: readonly number[];
  readonly #owners: readonly number[];

  constructor(pattern: readonly number[], leads: number) {
    this.#leads = pattern.length;
    this.#before = pattern.map((_, at) => pattern.slice(0, at).reduce((sum, one) => sum + one, 0));
    this.#owners = pattern.flatMap((times, at) => Array<number>(times).fill(at));
    this.total = this.rowsOf(leads).from;
  }

  /** Returns the index of the row's lead and the row's position among the lead's rows. */
  ownerOf(index: number): { readonly lead: number; readonly nth: number } {
    const round = this.#owners.length;
    const within = index % round;
    const at = this.#owners[within] ?? 0;
    return {
      lead: Math.floor(index / round) * this.#leads + at,
      nth: within - (this.#before[at] ?? 0),
    };
  }

  /** Returns the indexes of a lead's rows. */
  rowsOf(lead: number): Range {
    return { from: this.#start(lead), to: this.#start(lead + 1) };
  }

  #start(lead: number): number {
    const rounds = Math.floor(lead / this.#leads);
    return rounds * this.#owners.length + (this.#before[lead % this.#leads] ?? 0);
  }
}
