/** A point in time to 100 ns: whole milliseconds since 1970 and up to 7 digits of the second. */
export interface Moment {
  readonly ms: number;
  /** The fraction of the second as it is written: 0 to 7 digits. */
  readonly fraction: string;
}

/** How far São Paulo's clock is behind UTC; constant since 2019. */
const SAO_PAULO = 3 * 60 * 60 * 1000;

export type Zone = 'Z' | 'none' | '-03:00';

/** `2026-09-04T16:06:50.4609863Z`, or the same moment by São Paulo's clock with its offset, or bare. */
export function written({ ms, fraction }: Moment, zone: Zone): string {
  const clock = zone === 'Z' ? ms : ms - SAO_PAULO;
  const seconds = new Date(clock).toISOString().slice(0, 19);
  const point = fraction === '' ? '' : '.';
  return `${seconds}${point}${fraction}${zone === 'none' ? '' : zone}`;
}

/** São Paulo's wall clock, with seven digits and no zone: as Meetings write their times. */
export function wallClock(ms: number): string {
  return `${new Date(ms - SAO_PAULO).toISOString().slice(0, 19)}.0000000`;
}

/** São Paulo's wall clock with a `Z` that is decoration: as Boxes write their times. */
export function falseUtc(ms: number): string {
  return `${new Date(ms - SAO_PAULO).toISOString().slice(0, 19)}Z`;
}

/** The day in São Paulo. */
export function day(ms: number): string {
  return new Date(ms - SAO_PAULO).toISOString().slice(0, 10);
}

const FORM = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * The moment in UTC with all seven digits and no zone, so that comparing texts compares moments.
 * One without a zone is São Paulo's wall clock. Undefined for what is no date-time.
 */
export function comparable(text: string): string | undefined {
  const [, minutes, seconds = '00', fraction = '', zone = '-03:00'] = FORM.exec(text) ?? [];
  if (minutes === undefined) return undefined;
  const digits = fraction.padEnd(7, '0');
  if (zone === 'Z') return `${minutes}:${seconds}.${digits}`;
  const ms = Date.parse(`${minutes}:${seconds}${zone}`);
  return Number.isNaN(ms) ? undefined : `${new Date(ms).toISOString().slice(0, 19)}.${digits}`;
}
