import { milliseconds } from '@exact-spotter/singer';
import { millisecondsInMinute } from 'date-fns/constants';
import type { ApiRow } from '../api/odata.ts';
import type { Endpoint } from '../endpoints.ts';
import { valueAt } from '../rows/api-members.ts';
import { isNoDate, type Timezone } from '../rows/timezone.ts';
import type { ClockFinding, UndatedFinding } from './findings.ts';
import type { Answers } from './probe.ts';

/** Returns what the server did with a filter for rows without a date. */
export function undatedFinding(
  endpoint: Endpoint,
  { undated }: Answers,
): UndatedFinding | undefined {
  if (!undated) return undefined;
  if (undated.kind !== 'answered') return { filter: undated.kind, rows: null };
  const dates = undated.answer.map((row) => dateText(endpoint, row));
  const isIgnored = dates.some((date) => date !== undefined && !isNoDate(date));
  return isIgnored
    ? { filter: 'ignored', rows: null }
    : { filter: 'yes', rows: undated.answer.length };
}

/** How many minutes the newest date may be ahead of the server's clock, because clocks differ. */
const TOLERANCE = 5;
/** The newest date is recent if it is up to this many minutes old. */
const RECENT = 60;

/**
 * Compares the newest date with the server's clock. A call cannot begin in the future, so a clock
 * that places a call in the future is wrong. São Paulo is three hours behind UTC, so a call from
 * the last three hours proves UTC there. Wall-clock time cannot be proven there, but it is likely
 * if the newest call is recent only when it is read as wall-clock time.
 * @param now the server's time in milliseconds since 1970; undefined if it is not known
 */
export function clockFinding(
  endpoint: Endpoint,
  { newest }: Answers,
  timezone: Timezone,
  now: number | undefined,
  setTo: string,
): ClockFinding | undefined {
  const [setting] = Object.values(endpoint.clockSettings ?? {});
  if (!newest || setting === undefined) return undefined;
  const texts =
    newest.kind === 'answered' ? newest.answer.map((row) => dateText(endpoint, row)) : [];
  const latest = texts.filter((text) => text !== undefined).reduce(laterText, '');
  const [utc, wall] = (['utc', 'wall'] as const).map((clock) => {
    const instant = timezone.toInstant(latest, clock);
    if (instant === undefined || now === undefined) return null;
    return Math.round((now - milliseconds(instant)) / millisecondsInMinute);
  });
  return {
    setting,
    fits: fit(utc ?? null, wall ?? null),
    minutes_ago_utc: utc ?? null,
    minutes_ago_wall: wall ?? null,
    set_to: setTo,
  };
}

/** Both parameters are minutes since the newest date, read as UTC and as wall-clock time. */
function fit(utc: number | null, wall: number | null): ClockFinding['fits'] {
  if (utc === null || wall === null) return 'not told';
  if (utc === wall) return 'both';
  const [isUtcPast, isWallPast] = [utc >= -TOLERANCE, wall >= -TOLERANCE];
  if (isUtcPast !== isWallPast) return isUtcPast ? 'utc' : 'wall';
  return isWallPast && wall <= RECENT && utc > RECENT ? 'probably wall' : 'not told';
}

function laterText(one: string, other: string): string {
  return other > one ? other : one;
}

function dateText({ date }: Endpoint, row: ApiRow): string | undefined {
  const value = date && valueAt(row, date.member.split('.'));
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
