import { TZDateMini } from '@date-fns/tz';
import { DAY, fromMilliseconds, type Instant } from './instant.ts';

/**
 * How a date of the API is to be read.
 * `utc`: audit columns, UTC already; one without a suffix is UTC too.
 * `wall`: agenda columns, the account's wall clock whatever suffix they bear (the `Z` of a box is
 * decoration).
 * `zoned`: nobody has documented the zone: the one it bears, or else the account's.
 */
export type Clock = 'utc' | 'wall' | 'zoned';

const WRITTEN =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)(?:[T ](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?)?\s*(?<zone>Z|[+-]\d\d(?::?\d\d)?)?$/i;

/** How most dates come, on a day that every month has: in UTC they are instants as they stand. */
const PLAIN =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z?$/;

/** The date-times of one account, in the zone of its wall clock. */
export class AccountClock {
  readonly #timezone: string;
  /** Minutes of wall time → the offset from UTC in milliseconds: the zone's rules are slow to ask. */
  readonly #offsets = new Map<number, number>();

  /** @param timezone an IANA name; see {@link isTimezone} */
  constructor(timezone: string) {
    this.#timezone = timezone;
  }

  /** A date of the API as an instant, with the fraction digits it came with; undefined for what is no date. */
  toInstant(written: string, clock: Clock): Instant | undefined {
    if (PLAIN.test(written)) {
      if (clock !== 'wall' && written.endsWith('Z')) return written;
      if (clock === 'utc') return `${written}Z`;
    }
    const match = WRITTEN.exec(written.trim())?.groups;
    const wall = match === undefined ? undefined : wallTime(match);
    if (match === undefined || wall === undefined) return undefined;
    const utc = wall - this.#offset(wall, clock, match['zone']);
    const seconds = fromMilliseconds(utc).slice(0, 19);
    return match['fraction'] === undefined ? `${seconds}Z` : `${seconds}.${match['fraction']}Z`;
  }

  /** The wall clock at an instant, without a suffix, e.g. `2026-08-19T11:00:00.000`. */
  toWall(instant: Instant): string {
    const at = new TZDateMini(instant, this.#timezone);
    return fromMilliseconds(at.getTime() - at.getTimezoneOffset() * 60_000).slice(0, -1);
  }

  #offset(wall: number, clock: Clock, zone: string | undefined): number {
    if (clock !== 'wall' && zone !== undefined) return zoneOffset(zone);
    return clock === 'utc' ? 0 : this.#accountOffset(wall);
  }

  #accountOffset(wall: number): number {
    const minute = Math.floor(wall / 60_000);
    const known = this.#offsets.get(minute);
    if (known !== undefined) return known;
    const offset = wall - this.#wallToUtc(wall);
    if (this.#offsets.size >= CACHED_OFFSETS) this.#offsets.clear();
    this.#offsets.set(minute, offset);
    return offset;
  }

  #wallToUtc(wall: number): number {
    // A year below 100 would be taken for one of the last century; 400 years have whole weeks.
    const later = new Date(wall).getUTCFullYear() < 100 ? FOUR_CENTURIES : 0;
    const at = new Date(wall + later);
    const zoned = new TZDateMini(
      at.getUTCFullYear(),
      at.getUTCMonth(),
      at.getUTCDate(),
      at.getUTCHours(),
      at.getUTCMinutes(),
      at.getUTCSeconds(),
      this.#timezone,
    );
    return zoned.getTime() - later;
  }
}

/** The suffix that a date bears: `Z`, `-03:00`, or nothing; undefined for what is no date. */
export function zoneSuffix(written: string): string | undefined {
  const match = WRITTEN.exec(written.trim())?.groups;
  return match && (match['zone'] ?? '');
}

const CACHED_OFFSETS = 50_000;
const FOUR_CENTURIES = 146_097 * DAY;

export function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds since 1970 as if the fields were UTC; undefined for a day or hour that does not exist. */
function wallTime(fields: Readonly<Record<string, string | undefined>>): number | undefined {
  const field = (name: string): number => Number(fields[name] ?? 0);
  const [month, day, hour, minute] = [
    field('month') - 1,
    field('day'),
    field('hour'),
    field('minute'),
  ];
  const date = new Date(0);
  date.setUTCFullYear(field('year'), month, day);
  // A leap second is written :60 and has no number of its own.
  date.setUTCHours(hour, minute, Math.min(field('second'), 59));
  const exists =
    date.getUTCMonth() === month &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute;
  return exists && field('second') <= 60 ? date.getTime() : undefined;
}

/** `Z`, `-03`, `-0300`, `-03:00` → milliseconds. */
function zoneOffset(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  const size = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === '-' ? -size : size;
}
