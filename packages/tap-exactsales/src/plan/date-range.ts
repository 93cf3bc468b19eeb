import { compareInstants, earlier, later, shiftInstant, type Instant } from '@exact-spotter/singer';
import { millisecondsInDay, millisecondsInHour, millisecondsInMinute } from 'date-fns/constants';
import type { ApiRow } from '../api/odata.ts';
import type { Clock, DateColumn, Endpoint } from '../endpoints.ts';
import { valueAt } from '../rows/api-members.ts';
import { isNoDate, type Timezone } from '../rows/timezone.ts';

/** Dates in [from, to). The range is open at an end that is missing. */
export interface DateRange {
  readonly from?: Instant;
  readonly to?: Instant;
}

/**
 * A range of an endpoint's date column, as a filter for the server and as a check of the rows that
 * it returns.
 */
export interface DateFilter {
  /** Clauses for `$filter`. They match every row in the range and may match rows near its ends. */
  readonly clauses: readonly string[];
  readonly byOption: Partial<Readonly<Record<DateOption, string>>>;
  /** A row without a date belongs to every range. */
  contains(row: ApiRow): boolean;
  /** The option that should have excluded a row; undefined if the row was requested. */
  ignoredOption(row: ApiRow): DateOption | undefined;
}

/** The two ends of a range. A server may support only one of them. */
export type DateOption = 'date filter' | 'date end';

/** How many milliseconds outside the range a row may be if the zone of its date is uncertain. */
const EDGE = millisecondsInDay + millisecondsInHour;
/**
 * How many milliseconds outside the range a row with a UTC date may be, because a server may
 * compare whole seconds or strings.
 */
const UTC_EDGE = millisecondsInMinute;

/** @param isUnfiltered true to check rows without asking the server to filter */
export function dateFilter(
  endpoint: Endpoint,
  range: DateRange,
  timezone: Timezone,
  isUnfiltered = false,
): DateFilter {
  const { date } = endpoint;
  if (!date || (range.from === undefined && range.to === undefined)) return EVERYTHING;
  const clock = dateClock(endpoint);
  const dateOf = dateReader(endpoint, timezone);
  const excludes = (row: ApiRow, { from, to }: DateRange): DateOption | undefined => {
    const at = dateOf(row);
    if (at === undefined) return undefined;
    if (from !== undefined && compareInstants(at, from) < 0) return 'date filter';
    return to !== undefined && compareInstants(at, to) >= 0 ? 'date end' : undefined;
  };
  const widened = widen(range, clock === 'utc' ? UTC_EDGE : EDGE);
  const byOption = isUnfiltered ? {} : clausesOf(date, clock, range, timezone);
  return {
    clauses: Object.values(byOption),
    byOption,
    contains: (row) => excludes(row, range) === undefined,
    ignoredOption: (row) => excludes(row, widened),
  };
}

/**
 * Returns a function that reads the date by which an endpoint is filtered. The function returns
 * undefined if a row has no such date.
 */
export function dateReader(
  endpoint: Endpoint,
  timezone: Timezone,
): (row: ApiRow) => Instant | undefined {
  const path = endpoint.date?.member.split('.');
  const clock = dateClock(endpoint);
  return (row) => {
    const written = path && valueAt(row, path);
    if (typeof written !== 'string' || isNoDate(written)) return undefined;
    return timezone.toInstant(written, clock);
  };
}

function dateClock({ date, clocks = {} }: Endpoint): Clock {
  return (date && clocks[date.column]) ?? 'zoned';
}

export const EVERYTHING: DateFilter = {
  clauses: [],
  byOption: {},
  contains: () => true,
  ignoredOption: () => undefined,
};

/** @param by milliseconds */
function widen({ from, to }: DateRange, by: number): DateRange {
  return {
    ...(from !== undefined && { from: shiftInstant(from, -by) }),
    ...(to !== undefined && { to: shiftInstant(to, by) }),
  };
}

function clausesOf(
  { member, literal }: DateColumn,
  clock: Clock,
  { from, to }: DateRange,
  timezone: Timezone,
): Partial<Record<DateOption, string>> {
  const write = LITERALS[literal];
  return {
    ...(from !== undefined && {
      'date filter': `${member} ge ${write(earliestReading(from, clock, timezone))}`,
    }),
    ...(to !== undefined && {
      'date end': `${member} lt ${write(latestReading(to, clock, timezone))}`,
    }),
  };
}

/** Date and time on the API's clock, without a suffix. */
type ClockText = string;

const LITERALS: Readonly<Record<DateColumn['literal'], (text: ClockText) => string>> = {
  instant: (text) => `${text}Z`,
  wall: (text) => `${text}Z`,
  text: (text) => `'${text}'`,
};

/**
 * Returns the earliest time that the API's clock may show at an instant. If the clock is not known,
 * it may be the account's or UTC. The account's wall clock is read an hour early, because it shows
 * the same hour twice at the end of daylight saving time.
 */
function earliestReading(instant: Instant, clock: Clock, timezone: Timezone): ClockText {
  const wall = `${timezone.toWall(shiftInstant(instant, -millisecondsInHour))}Z`;
  return bare(clock === 'utc' ? instant : clock === 'wall' ? wall : earlier(instant, wall));
}

function latestReading(instant: Instant, clock: Clock, timezone: Timezone): ClockText {
  const wall = `${timezone.toWall(shiftInstant(instant, millisecondsInHour))}Z`;
  return bare(clock === 'utc' ? instant : clock === 'wall' ? wall : later(instant, wall));
}

function bare(instant: Instant): ClockText {
  return instant.slice(0, -1);
}
