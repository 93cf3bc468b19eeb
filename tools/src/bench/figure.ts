/** What one file of `figures/` measures. */
export interface Figure {
  readonly title: string;
  readonly measure: () => Promise<readonly Measured[]>;
}

export interface Measured {
  readonly what: string;
  readonly value: string;
  /** The goal, e.g. `≤ 2.2`. */
  readonly reach?: string;
  readonly note?: string;
}

export function ratio(value: number): string {
  return value.toFixed(2);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** The value below which the given share of all lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
