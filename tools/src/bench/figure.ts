/** One measured number and its limit. */
export interface Measured {
  readonly what: string;
  readonly value: number;
  readonly unit: '×' | '%' | 'MiB' | 'requests' | 'ms';
  /** Undefined if the number only explains a different number. */
  readonly limit?: { readonly atMost: number } | { readonly atLeast: number };
  /** The raw numbers that `value` is computed from. */
  readonly detail: string;
}

/** A number that cannot be measured on this machine, with the reason. */
export interface Skipped {
  readonly what: string;
  readonly skipped: string;
}

/** Numbers that are measured together. */
export interface Figure {
  /** The name that `npm run bench -- NAME` accepts. */
  readonly name: string;
  /** @param isFull true for the full measurement, which can take long; otherwise about a minute */
  measure(isFull: boolean): Promise<readonly (Measured | Skipped)[]>;
}

/** True if the value meets its limit or has no limit. */
export function isWithinLimit({ value, limit }: Measured): boolean {
  if (limit === undefined) return true;
  return 'atMost' in limit ? value <= limit.atMost : value >= limit.atLeast;
}
