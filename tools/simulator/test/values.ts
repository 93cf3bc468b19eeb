import type { Row } from './client.ts';

/** Returns the value if it is a string, otherwise the empty string. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Returns a member of an object; undefined if the value is null. */
export function member(value: unknown, name: string): unknown {
  return (value as Row | null)?.[name];
}

/** Converts a UTC instant to units of 100 ns since 1970. Does not use the simulator's code. */
export function ticks(value: unknown): bigint {
  const [, seconds = '', fraction = ''] = /^(.{19})(?:\.(\d+))?Z$/.exec(text(value)) ?? [];
  return BigInt(Date.parse(`${seconds}Z`)) * 10_000n + BigInt(fraction.padEnd(7, '0'));
}

/** Returns the instant that most rows share. */
export function mostShared(rows: readonly Row[], name: string): string {
  const groups = Object.values(Object.groupBy(rows, (row) => String(ticks(row[name]))));
  const largest = groups.toSorted((one, other) => (other?.length ?? 0) - (one?.length ?? 0))[0];
  return text(largest?.[0]?.[name]);
}
