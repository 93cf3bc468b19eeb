import type { AccountClock, Clock } from './clock.ts';
import type { Option } from './facts.ts';
import { compareInstants, DAY, earlier, later, shift, type Instant } from './instant.ts';
import { valueAt, type WireRow } from './row.ts';
import type { DateColumn, SetLiteral } from './streams.ts';

/** The rows whose date lies in [from, to); open where an end is missing. */
export interface DateRange {
  readonly from?: Instant;
  readonly to?: Instant;
}

/** A range on a set's date column: asked of the server, and looked after here. */
export interface DateFilter {
  /** Clauses for `$filter`. They find every row of the range, and perhaps some at its edges. */
  readonly clauses: readonly string[];
  /** The clause that each option stands for. */
  readonly byOption: Partial<Readonly<Record<DateOption, string>>>;
  /** False for a row that does not belong to the range. A row without a date belongs to every range. */
  contains(row: WireRow): boolean;
  /** The option that should have kept a row out; undefined for one that was asked for. */
  unheeded(row: WireRow): DateOption | undefined;
}

/** The two ends of a range, which a server may honour apart. */
type DateOption = Extract<Option, 'date filter' | 'date end'>;

const HOUR = DAY / 24;
/** How far a row at the edge may lie outside the range when the zone of its date is not sure. */
const EDGE = DAY + HOUR;
/** And where it is: a server may compare to the second, or as text. */
const UTC_EDGE = 60_000;

export function dateFilter(set: SetLiteral, range: DateRange, clock: AccountClock): DateFilter {
  const { date } = set;
  if (!date || (range.from === undefined && range.to === undefined)) return EVERYTHING;
  const kind = dateClock(set);
  const dateOf = dateReader(set, clock);
  const without = (row: WireRow, { from, to }: DateRange): DateOption | undefined => {
    const at = dateOf(row);
    if (at === undefined) return undefined;
    if (from !== undefined && compareInstants(at, from) < 0) return 'date filter';
    return to !== undefined && compareInstants(at, to) >= 0 ? 'date end' : undefined;
  };
  const edges = widened(range, kind === 'utc' ? UTC_EDGE : EDGE);
  const byOption = clauses(date, kind, range, clock);
  return {
    clauses: Object.values(byOption),
    byOption,
    contains: (row) => without(row, range) === undefined,
    unheeded: (row) => without(row, edges),
  };
}

/** Reads the date that a set is filtered by; undefined for a row without one. */
export function dateReader(
  set: SetLiteral,
  clock: AccountClock,
): (row: WireRow) => Instant | undefined {
  const path = set.date?.member.split('.');
  const kind = dateClock(set);
  return (row) => {
    const written = path && valueAt(row, path);
    return typeof written === 'string' ? clock.toInstant(written, kind) : undefined;
  };
}

function dateClock({ date, clocks = {} }: SetLiteral): Clock {
  return (date && clocks[date.column]) ?? 'zoned';
}

const EVERYTHING: DateFilter = {
  clauses: [],
  byOption: {},
  contains: () => true,
  unheeded: () => undefined,
};

function widened({ from, to }: DateRange, by: number): DateRange {
  return {
    ...(from !== undefined && { from: shift(from, -by) }),
    ...(to !== undefined && { to: shift(to, by) }),
  };
}

function clauses(
  { member, literal }: DateColumn,
  kind: Clock,
  { from, to }: DateRange,
  clock: AccountClock,
): Partial<Record<DateOption, string>> {
  const written = WRITTEN[literal];
  return {
    ...(from !== undefined && {
      'date filter': `${member} ge ${written(lowest(from, kind, clock))}`,
    }),
    ...(to !== undefined && { 'date end': `${member} lt ${written(highest(to, kind, clock))}` }),
  };
}

/** A moment as it stands on the API's clock, without a suffix: a literal of {@link WRITTEN}. */
type ClockText = string;

const WRITTEN: Readonly<Record<DateColumn['literal'], (text: ClockText) => string>> = {
  instant: (text) => `${text}Z`,
  wall: (text) => `${text}Z`,
  text: (text) => `'${text}'`,
};

/** The earliest reading of an instant on a clock that may be the account's or UTC. */
function lowest(instant: Instant, kind: Clock, clock: AccountClock): ClockText {
  const wall = `${clock.toWall(shift(instant, -HOUR))}Z`;
  return bare(kind === 'utc' ? instant : kind === 'wall' ? wall : earlier(instant, wall));
}

function highest(instant: Instant, kind: Clock, clock: AccountClock): ClockText {
  const wall = `${clock.toWall(shift(instant, HOUR))}Z`;
  return bare(kind === 'utc' ? instant : kind === 'wall' ? wall : later(instant, wall));
}

/** An hour of the wall clock may come twice, at the end of summer time: {@link lowest} goes back by one. */
function bare(instant: Instant): ClockText {
  return instant.slice(0, -1);
}
