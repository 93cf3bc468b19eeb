/** One measured number and its limit. */
export interface Measured {
  readonly what: string;
  readonly value: number;
  readonly unit: '×' | '%' | 'MiB' | 'requests' | 'ms';
  /** Undefined for a number that only explains others. */
  readonly limit?: { readonly atMost: number } | { readonly atLeast: number };
  /** The raw numbers behind `value`. */
  readonly detail: string;
}

/** A number that cannot be measured on this machine, and why. */
export interface Skipped {
  readonly what: string;
  readonly skipped: string;
}

/** Numbers that are measured together. */
export interface Figure {
  /** As in `npm run bench -- NAME`. */
  readonly name: string;
  /** @param isFull measures at full size, which may take long (default: about a minute) */
  measure(isFull: boolean): Promise<readonly (Measured | Skipped)[]>;
}

export function isWithinLimit({ value, limit }: Measured): boolean {
  if (limit === undefined) return true;
  return 'atMost' in limit ? value <= limit.atMost : value >= limit.atLeast;
}
