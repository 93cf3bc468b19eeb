/** Executes a variant once and returns its measurement. */
type Variant = () => Promise<number>;

/**
 * Measures the variants in turn, so that other load on the machine affects each variant equally.
 * @param rounds must be odd, so that the median is one of the measurements
 * @returns the median of each variant
 */
export async function interleave<Name extends string>(
  variants: Readonly<Record<Name, Variant>>,
  rounds: number,
): Promise<Readonly<Record<Name, number>>> {
  const names = Object.keys(variants) as Name[];
  const measured = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) measured.get(name)?.push(await variants[name]());
  }
  return Object.fromEntries(
    names.map((name) => [name, median(measured.get(name) ?? [])]),
  ) as Record<Name, number>;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Returns a quantile of the values. @param share between 0 and 1; 0.5 yields the median */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
