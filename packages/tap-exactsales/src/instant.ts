/**
 * Instants as text: RFC 3339 in UTC, with the fraction digits that the API gave (0 to 7 were seen).
 * A `Date` holds milliseconds only, so instants are compared and kept as text.
 */
export type Instant = string;

const UTC = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/;
export const DAY = 24 * 60 * 60 * 1000;

/** Negative, zero or positive, as `left` is before, at or after `right`; exact to the last digit. */
export function compareInstants(left: Instant, right: Instant): number {
  // With as many digits each, they stand in the order of their text.
  if (left.length === right.length) return compareText(left, right);
  const a = sortable(left);
  const b = sortable(right);
  const length = Math.max(a.length, b.length);
  return compareText(a.padEnd(length, '0'), b.padEnd(length, '0'));
}

/** Digits in order of weight; the fraction stands at the end, where zeros may be added. */
function sortable(instant: Instant): string {
  const [, whole = '', fraction = ''] = UTC.exec(instant) ?? [];
  return whole + fraction;
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** True for more than a day ahead, which is more than clocks differ: nothing can be built on it. */
export function isAhead(date: Instant, now: Instant): boolean {
  return compareInstants(date, shift(now, DAY)) > 0;
}

export function earlier(left: Instant, right: Instant): Instant {
  return compareInstants(left, right) <= 0 ? left : right;
}

export function later(left: Instant, right: Instant): Instant {
  return compareInstants(left, right) >= 0 ? left : right;
}

/** The instant so many milliseconds later; the digits past the millisecond stay. */
export function shift(instant: Instant, milliseconds: number): Instant {
  const [, , fraction = ''] = UTC.exec(instant) ?? [];
  const moved = fromMilliseconds(Date.parse(instant) + Math.round(milliseconds));
  // What stands behind the milliseconds is put back as it was.
  return fraction.length > 3 ? `${moved.slice(0, -1)}${fraction.slice(3)}Z` : moved;
}

/** Milliseconds since 1970, the rest of the fraction cut off. */
export function milliseconds(instant: Instant): number {
  return Date.parse(instant);
}

/** What lies outside of the years that RFC 3339 can write becomes the first or the last instant. */
export function fromMilliseconds(time: number): Instant {
  return new Date(Math.min(LAST, Math.max(FIRST, time))).toISOString();
}

const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');
