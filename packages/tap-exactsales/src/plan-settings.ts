import type { AccountClock } from './clock.ts';
import type { Instant } from './instant.ts';
import type { PlanSettings } from './plan.ts';
import { EARLIEST_START } from './program.ts';
import type { TapSettings } from './settings.ts';

/** What of the settings decides which requests are made. */
export function planSettings(settings: TapSettings, clock: AccountClock): PlanSettings {
  return {
    startDate: toInstant(settings.start_date, clock),
    isFromTheBeginning: settings.start_date === EARLIEST_START,
    pastDays: settings.past_days,
    futureDays: settings.future_days,
    fullRefreshDays: settings.full_refresh_days,
    lookbackDays: settings.lookback_days,
  };
}

function toInstant(date: string, clock: AccountClock): Instant {
  const instant = clock.toInstant(date, 'zoned');
  if (instant === undefined) throw new Error('a start date that the checks let through');
  return instant;
}
