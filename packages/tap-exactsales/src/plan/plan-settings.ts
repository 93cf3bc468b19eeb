import type { Instant } from '@exact-spotter/singer';
import type { Timezone } from '../rows/timezone.ts';
import { EARLIEST_START, type TapSettings } from '../settings.ts';
import type { ReadWithSettings } from '../state/read-with.ts';
import { BEGINNING } from './start-date.ts';

/** The settings that a plan depends on. */
export interface PlanSettings {
  readonly startDate: Instant;
  /** True if no row is older than the start date, so a filter is not needed. */
  readonly isFromTheBeginning: boolean;
  /** The start date as states remember it. It does not depend on the time zone if it is the default. */
  readonly coveredFrom: Instant;
  readonly pastDays: number;
  readonly futureDays: number;
  readonly fullRefreshDays: number;
  /** Lengthens the lookback of the endpoints; 0 turns it off. */
  readonly lookbackDays: number | undefined;
  readonly readWith: ReadWithSettings;
}

export function planSettings(settings: TapSettings, timezone: Timezone): PlanSettings {
  const startDate = timezone.toInstant(settings.start_date, 'zoned');
  if (startDate === undefined)
    throw new Error('The start date is invalid although it passed the checks.');
  const isFromTheBeginning = settings.start_date === EARLIEST_START;
  return {
    startDate,
    isFromTheBeginning,
    coveredFrom: isFromTheBeginning ? BEGINNING : startDate,
    pastDays: settings.past_days,
    futureDays: settings.future_days,
    fullRefreshDays: settings.full_refresh_days,
    lookbackDays: settings.lookback_days,
    readWith: settings,
  };
}
