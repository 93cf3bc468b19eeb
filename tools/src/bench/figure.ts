/** One number that the benchmark is run for, and what it is to be. */
export interface Measured {
  readonly what: string;
  readonly value: number;
  readonly unit: '×' | '%' | 'MiB' | 'requests' | 'ms';
  /** Missing for a number that only explains others. */
  readonly reach?: { readonly atMost: number } | { readonly atLeast: number };
  /** The numbers behind it, for who wants to judge it. */
  readonly detail: string;
}

/** A number that cannot be had on this machine, and why. */
export interface Skipped {
  readonly what: string;
  readonly skipped: string;
}

/** What belongs together because it is measured together. */
export interface Figure {
  /** As `npm run bench -- NAME` takes it. */
  readonly name: string;
  /** @param isFull at its full size, however long that takes; otherwise in about a minute */
  measure(isFull: boolean): Promise<readonly (Measured | Skipped)[]>;
}

export function isReached({ value, reach }: Measured): boolean {
  if (reach === undefined) return true;
  return 'atMost' in reach ? value <= reach.atMost : value >= reach.atLeast;
}
