export interface Range {
  readonly from: number;
  /** The first that is not in it. */
  readonly to: number;
}

/**
 * How many rows of a set hang on each lead: a pattern that repeats, so that a row's lead and a
 * lead's rows are found by counting. `[2, 0, 1]`: the first lead has two, the second none.
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
    this.total = this.of(leads).from;
  }

  /** The lead of a row, and which of the lead's rows it is. */
  owner(index: number): { readonly lead: number; readonly nth: number } {
    const each = this.#owners.length;
    const within = index % each;
    const at = this.#owners[within] ?? 0;
    return {
      lead: Math.floor(index / each) * this.#leads + at,
      nth: within - (this.#before[at] ?? 0),
    };
  }

  /** The rows of a lead. */
  of(lead: number): Range {
    return { from: this.#start(lead), to: this.#start(lead + 1) };
  }

  #start(lead: number): number {
    const rounds = Math.floor(lead / this.#leads);
    return rounds * this.#owners.length + (this.#before[lead % this.#leads] ?? 0);
  }
}
