import type { JsonValue } from '@exact-spotter/singer';
import type { MapSettings } from '@exact-spotter/stream-maps';
import { batchFaults, type BatchConfig } from './batch/config.ts';
import { AccountClock, isTimezone } from './clock.ts';

/** The settings as the program runs with them: complete, checked, frozen. */
export interface TapSettings extends MapSettings {
  readonly api_token: string;
  /** A date, or a date-time. */
  readonly start_date: string;
  readonly past_days: number;
  readonly future_days: number;
  readonly full_refresh_days: number;
  readonly lookback_days: number;
  /** An IANA name. */
  readonly timezone: string;
  readonly api_url: string;
  readonly quota_requests: number;
  readonly quota_seconds: number;
  readonly concurrency: number;
  readonly page_size: number;
  readonly request_timeout_seconds: number;
  readonly max_retries: number;
  readonly reconcile: boolean;
  readonly user_agent: string;
  readonly batch_config?: BatchConfig;
}

/** What JSON Schema cannot say of the settings. @returns the faults, one sentence each */
export function checkSettings(settings: Partial<Record<keyof TapSettings, unknown>>): string[] {
  const faults = Object.entries(CHECKS).flatMap(([name, { isGood, wanted }]) => {
    const value = settings[name as keyof TapSettings];
    return typeof value !== 'string' || isGood(value)
      ? []
      : [`The setting "${name}" must be ${wanted}.`];
  });
  return [...faults, ...batchFaults(settings.batch_config as JsonValue | undefined)];
}

interface Check {
  readonly isGood: (value: string) => boolean;
  readonly wanted: string;
}

const CHECKS: Readonly<Partial<Record<keyof TapSettings, Check>>> = {
  api_token: {
    isGood: (token) => /^[\x21-\x7e]+$/.test(token.trim()),
    wanted: 'the token as Exact Spotter shows it, without spaces or other letters in between',
  },
  start_date: {
    isGood: (date) => new AccountClock('UTC').toInstant(date, 'zoned') !== undefined,
    wanted: 'a date or a date-time, e.g. 2024-01-31 or 2024-01-31T00:00:00Z',
  },
  timezone: { isGood: isTimezone, wanted: 'the IANA name of a time zone, e.g. America/Sao_Paulo' },
  api_url: { isGood: isWebAddress, wanted: 'an address that begins with https:// or http://' },
  user_agent: {
    isGood: (text) => /^[\x20-\x7e]+$/.test(text),
    wanted: 'one line of plain letters',
  },
};

function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.search + url.hash === '';
}
