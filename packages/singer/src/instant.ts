import { withoutTrailingZeros } from './trailing-zeros.ts';

/**
 * An RFC 3339 timestamp in UTC with all the fraction digits that the source sent (the API sends 0
 * to 7 digits). A `Date` only has milliseconds, so instants are stored and compared as text.
 */
export type Instant = string;

/** A date with or without a time of day, as it was written. */
export interface DateTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** 0 to 60, where 60 is a leap second. */
  readonly second: number;
  /** The digits after the decimal point, as they were written; '' if there are none. */
  readonly fraction: string;
  /** `Z`, `-03:00`, `-0300` or `-03`, as it was written; '' if there is no zone. */
  readonly zone: string;
  readonly hasTime: boolean;
}

const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/**
 * Reads an ISO 8601 calendar date, with or without a time of day and a zone.
 * @returns undefined if the text has a different format, or if the day or time does not exist
 */
export function parseDateTime(text: string): DateTime | undefined {
  const match = DATE_TIME.exec(text);
  if (!match) return undefined;
  const number = (group: number): number => Number(match[group] ?? 0);
  const [year, month, day] = [number(1), number(2), number(3)];
  const [hour, minute, second] = [number(4), number(5), number(6)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  return {
    ...{ year, month, day, hour, minute, second },
    fraction: match[7] ?? '',
    zone: match[8] ?? '',
    hasTime: match[4] !== undefined,
  };
}

function daysIn(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return date.getUTCDate();
}

/** Returns milliseconds since 1970, as if the fields were in UTC. Ignores the fraction. */
export function wallMilliseconds(fields: DateTime): number {
  const date = new Date(0);
  // Unlike Date.UTC, this does not turn the years 0 to 99 into 1900 to 1999.
  date.setUTCFullYear(fields.year, fields.month - 1, fields.day);
  // A `Date` cannot represent a leap second.
  return date.setUTCHours(fields.hour, fields.minute, Math.min(fields.second, 59));
}

/** Returns how far a zone is ahead of UTC, in milliseconds; 0 for `Z` or if there is no zone. */
export function zoneOffset(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  const size = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === '-' ? -size : size;
}

/**
 * Returns text that sorts chronologically, regardless of the zone and precision of the input. A
 * date without a time is treated as midnight of that date, and a missing zone as UTC.
 * @returns undefined if the text is not a date or a date-time
 */
export function sortableInstant(text: string): string | undefined {
  const fields = parseDateTime(text);
  if (!fields) return undefined;
  const whole = fromMilliseconds(wallMilliseconds(fields) - zoneOffset(fields.zone)).slice(0, 19);
  return `${whole}.${withoutTrailingZeros(fields.fraction)}`;
}

const UTC = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/;

/**
 * Returns a negative number if `left` is before `right`, a positive number if it is after, and 0 if
 * they are equal.
 */
export function compareInstants(left: Instant, right: Instant): number {
  // Instants with the same number of digits sort as text.
  if (left.length === right.length) return compareText(left, right);
  const [a, b] = [digitsOf(left), digitsOf(right)];
  const length = Math.max(a.length, b.length);
  return compareText(a.padEnd(length, '0'), b.padEnd(length, '0'));
}

function digitsOf(instant: Instant): string {
  const [, whole = '', fraction = ''] = UTC.exec(instant) ?? [];
  return whole + fraction;
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

export function earlier(left: Instant, right: Instant): Instant {
  return compareInstants(left, right) <= 0 ? left : right;
}

export function later(left: Instant, right: Instant): Instant {
  return compareInstants(left, right) >= 0 ? left : right;
}

/** Adds milliseconds. Keeps digits finer than a millisecond. */
export function shiftInstant(instant: Instant, milliseconds: number): Instant {
  const [, , fraction = ''] = UTC.exec(instant) ?? [];
  const shifted = fromMilliseconds(Date.parse(instant) + Math.round(milliseconds));
  return fraction.length > 3 ? `${shifted.slice(0, -1)}${fraction.slice(3)}Z` : shifted;
}

/** Returns milliseconds since 1970. Finer digits are cut off. */
export function milliseconds(instant: Instant): number {
  return Date.parse(instant);
}

/** Converts milliseconds since 1970. Clamps to the years 0001 to 9999, the range of RFC 3339. */
export function fromMilliseconds(time: number): Instant {
  return new Date(Math.min(LAST, Math.max(FIRST, time))).toISOString();
}

const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');
