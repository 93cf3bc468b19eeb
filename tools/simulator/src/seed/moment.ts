import { millisecondsInHour } from 'date-fns/constants';

/** A point in time with a resolution of 100 ns. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly ms: number;
  /** The fraction of the second as the API prints it: 0 to 7 digits. */
  readonly fraction: string;
}

/** How many milliseconds São Paulo is behind UTC. The offset has been constant since 2019. */
export const SAO_PAULO = 3 * millisecondsInHour;

/** The suffix of a date: `Z` for UTC; no suffix or `-03:00` for São Paulo wall-clock time. */
export type Zone = 'Z' | 'none' | '-03:00';

/** The date that .NET writes if there is no date. */
export const NO_DATE = '0001-01-01T00:00:00Z';

/** Spellings of `NO_DATE` that the API might use. The zone and the fraction have no meaning. */
export const noDates: readonly string[] = [
  NO_DATE,
  '0001-01-01T00:00:00',
  '0001-01-01T00:00:00.0000000Z',
  '0001-01-01T00:00:00-03:00',
];

/** Returns a date-time such as `2026-09-04T16:06:50.4609863Z`. */
export function formatMoment({ ms, fraction }: Moment, zone: Zone): string {
  const clock = zone === 'Z' ? ms : ms - SAO_PAULO;
  const seconds = new Date(clock).toISOString().slice(0, 19);
  const point = fraction === '' ? '' : '.';
  return `${seconds}${point}${fraction}${zone === 'none' ? '' : zone}`;
}

/**
 * Returns São Paulo wall-clock time with seven fraction digits and no zone, as Meetings sends it.
 */
export function wallClock(ms: number): string {
  return `${new Date(ms - SAO_PAULO).toISOString().slice(0, 19)}.0000000`;
}

/** Returns São Paulo wall-clock time with a `Z` that does not mean UTC, as Boxes sends it. */
export function wallClockAsUtc(ms: number): string {
  return `${new Date(ms - SAO_PAULO).toISOString().slice(0, 19)}Z`;
}

/**
 * Converts a date-time in any zone to the format of `wallClockAsUtc`, keeping its fraction digits.
 * Returns other values, including missing dates, unchanged.
 */
export function asWallClock(text: unknown): unknown {
  const utc = typeof text === 'string' ? comparable(text) : undefined;
  if (utc === undefined || noDates.includes(String(text))) return text;
  const [fraction = ''] = /\.\d+/.exec(String(text)) ?? [];
  return `${shiftComparable(utc, -SAO_PAULO).slice(0, 19)}${fraction}Z`;
}

/** Returns the date in São Paulo. */
export function wallClockDate(ms: number): string {
  return new Date(ms - SAO_PAULO).toISOString().slice(0, 10);
}

const DATE_TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * Converts a date-time to UTC with seven fraction digits and no zone. The resulting strings sort
 * chronologically. A date-time without a zone is read as São Paulo wall-clock time.
 * @returns undefined if the string is not a date-time
 */
export function comparable(text: string): string | undefined {
  const [, minutes, seconds = '00', fraction = '', zone = '-03:00'] = DATE_TIME.exec(text) ?? [];
  if (minutes === undefined) return undefined;
  const digits = fraction.padEnd(7, '0');
  if (zone === 'Z') return `${minutes}:${seconds}.${digits}`;
  const ms = Date.parse(`${minutes}:${seconds}${zone}`);
  return Number.isNaN(ms) ? undefined : `${new Date(ms).toISOString().slice(0, 19)}.${digits}`;
}

/** Adds `ms` milliseconds to a result of `comparable`. `ms` must be a multiple of 1,000. */
export function shiftComparable(text: string, ms: number): string {
  const shifted = new Date(Date.parse(`${text.slice(0, 19)}Z`) + ms);
  return `${shifted.toISOString().slice(0, 19)}${text.slice(19)}`;
}
