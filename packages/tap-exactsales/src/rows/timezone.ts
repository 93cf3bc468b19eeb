import {
  fromMilliseconds,
  parseDateTime,
  wallMilliseconds,
  zoneOffset,
  type Instant,
} from '@exact-spotter/singer';
import { TZDateMini } from '@date-fns/tz';
import { millisecondsInDay, millisecondsInMinute } from 'date-fns/constants';
import type { Clock } from '../endpoints.ts';

/**
 * Matches the format of most dates. In UTC, these dates are already instants. Days 29 to 31 do not
 * match because they may not exist.
 */
const PLAIN =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z?$/;

/**
 * True for a date in year one, which .NET writes if there is no date. The zone and the time vary.
 */
export function isNoDate(written: string): boolean {
  return /^\s*0001-01-01(?!\d)/.test(written);
}

/** Converts between instants and an account's wall-clock time. */
export class Timezone {
  readonly #name: string;
  /**
   * Caches minutes of wall-clock time → milliseconds ahead of UTC, because the zone's rules are
   * slow to apply.
   */
  readonly #offsets = new Map<number, number>();

  /** @param name an IANA name that Intl accepts */
  constructor(name: string) {
    this.#name = name;
  }

  /**
   * Converts an API date to an instant with the same fraction digits.
   * @returns undefined if the text is not a date
   */
  toInstant(written: string, clock: Clock): Instant | undefined {
    if (PLAIN.test(written)) {
      if (clock !== 'wall' && written.endsWith('Z')) return written;
      if (clock === 'utc' || clock === 'picked') return `${written}Z`;
    }
    const fields = parseDateTime(written.trim());
    if (fields === undefined) return undefined;
    const wall = wallMilliseconds(fields);
    const utc = wall - this.#offset(wall, clock, fields.zone);
    const seconds = fromMilliseconds(utc).slice(0, 19);
    return fields.fraction === '' ? `${seconds}Z` : `${seconds}.${fields.fraction}Z`;
  }

  /** Returns the wall-clock time at an instant without a suffix, e.g. `2026-08-19T11:00:00.000`. */
  toWall(instant: Instant): string {
    const at = new TZDateMini(instant, this.#name);
    const wall = at.getTime() - at.getTimezoneOffset() * millisecondsInMinute;
    return fromMilliseconds(wall).slice(0, -1);
  }

  #offset(wall: number, clock: Clock, zone: string): number {
    if (clock === 'picked') return 0;
    if (clock !== 'wall' && zone !== '') return zoneOffset(zone);
    return clock === 'utc' ? 0 : this.#accountOffset(wall);
  }

  #accountOffset(wall: number): number {
    const minute = Math.floor(wall / millisecondsInMinute);
    const known = this.#offsets.get(minute);
    if (known !== undefined) return known;
    const offset = wall - this.#wallToUtc(wall);
    if (this.#offsets.size >= CACHED_OFFSETS) this.#offsets.clear();
    this.#offsets.set(minute, offset);
    return offset;
  }

  /**
   * Converts wall-clock time to UTC without date-fns' `transpose`, which is slower and loses the
   * seconds of offsets from before standard time.
   */
  #wallToUtc(wall: number): number {
    // The constructor reads years below 100 as 19xx, so they are shifted by 400 years, after which
    // the calendar repeats.
    const later = new Date(wall).getUTCFullYear() < 100 ? FOUR_CENTURIES : 0;
    const at = new Date(wall + later);
    const zoned = new TZDateMini(
      at.getUTCFullYear(),
      at.getUTCMonth(),
      at.getUTCDate(),
      at.getUTCHours(),
      at.getUTCMinutes(),
      at.getUTCSeconds(),
      this.#name,
    );
    return zoned.getTime() - later;
  }
}

const CACHED_OFFSETS = 50_000;
const FOUR_CENTURIES = 146_097 * millisecondsInDay;
