import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  isObject,
  packageVersion,
  parseDateTime,
  type JsonValue,
  type Program,
  type SettingSchema,
} from '@exact-spotter/singer';
import { mapSettings, type MapSettings } from '@exact-spotter/stream-maps';

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

/** The shape is that of the Singer SDK. */
export interface BatchConfig {
  readonly encoding: { readonly format: 'jsonl'; readonly compression?: 'gzip' | 'none' };
  readonly storage: { readonly root: string; readonly prefix?: string };
  /** Rows in a file at most. */
  readonly batch_size?: number;
}

/** The Singer SDK's own. */
export const DEFAULT_BATCH_SIZE = 10_000;

const version = packageVersion(import.meta.url);

/** Before this day no account has a row: a read from here is a read of everything. */
export const EARLIEST_START = '2000-01-01';

const batchSettings = {
  batch_config: {
    type: 'object',
    title: 'Batches',
    description:
      'Rows go into files of JSON lines, named in BATCH messages, instead of RECORD messages, e.g. {"encoding": {"format": "jsonl", "compression": "gzip"}, "storage": {"root": "file:///path/to/folder", "prefix": ""}, "batch_size": 10000}.',
    properties: {
      encoding: {
        type: 'object',
        properties: { format: { type: 'string' }, compression: { type: 'string' } },
      },
      storage: {
        type: 'object',
        properties: { root: { type: 'string' }, prefix: { type: 'string' } },
      },
      batch_size: { type: 'integer', minimum: 1 },
    },
  },
} as const satisfies Record<string, SettingSchema>;

/** What the tap says of itself; the settings' checks, `--about` and the Meltano definition come of it. */
export const program: Program = {
  name: 'tap-exactsales',
  version,
  description:
    'Reads a whole Exact Spotter account (Exact Sales, today RD Station Spotter) through its REST API v3: 22 streams.',
  capabilities: [
    'about',
    'catalog',
    'discover',
    'state',
    'test',
    'activate-version',
    'batch',
    'stream-maps',
    'schema-flattening',
    'structured-logging',
  ],
  settings: {
    type: 'object',
    required: ['api_token'],
    properties: {
      api_token: {
        type: 'string',
        title: 'API token',
        description:
          'The account\'s "Token Exact API". A manager finds it in Configurações › Integrações › Token Exact API.',
        'x-secret': true,
      },
      start_date: {
        type: 'string',
        title: 'Start date',
        description:
          'First instant to read, for the streams that are read by date: a date, or a date-time with its zone.',
        default: EARLIEST_START,
        'x-kind': 'date_iso8601',
      },
      past_days: {
        type: 'integer',
        title: 'Past days',
        description:
          'Meetings, tasks and boxes: days before the last complete run that are read again.',
        default: 30,
        minimum: 0,
      },
      future_days: {
        type: 'integer',
        title: 'Future days',
        description: 'Meetings, tasks and boxes: days from now on that are read.',
        default: 365,
        minimum: 0,
      },
      full_refresh_days: {
        type: 'number',
        title: 'Full refresh days',
        description:
          'A stream that is read by date is read whole again when its last complete read is this many days old, so that rows deleted in Exact Spotter are noticed. A fraction is allowed; 0 means never.',
        default: 7,
        minimum: 0,
      },
      lookback_days: {
        type: 'number',
        title: 'Lookback days',
        description:
          'Incremental streams are read again from this long before their bookmark: a call or a sale may be entered after the fact. A fraction is allowed.',
        default: 1,
        minimum: 0,
      },
      timezone: {
        type: 'string',
        title: 'Time zone',
        description:
          "The zone of the account's wall clock, which the agenda's dates are written in. An IANA name.",
        default: 'America/Sao_Paulo',
      },
      api_url: {
        type: 'string',
        title: 'API URL',
        description: 'The base address of the API.',
        default: 'https://api.exactspotter.com/v3',
      },
      quota_requests: {
        type: 'integer',
        title: 'Quota: requests',
        description:
          "Requests within `quota_seconds` at most. The budget is shared by all of the company's integrations: lower it to leave them room.",
        default: 30,
        minimum: 1,
      },
      quota_seconds: {
        type: 'number',
        title: 'Quota: seconds',
        description: 'The span of time that `quota_requests` counts for.',
        default: 20,
        exclusiveMinimum: 0,
      },
      concurrency: {
        type: 'integer',
        title: 'Concurrency',
        description: 'Requests in flight at most.',
        default: 4,
        minimum: 1,
        maximum: 64,
      },
      page_size: {
        type: 'integer',
        title: 'Page size',
        description: 'Rows asked for in one request; the API gives 500 at most.',
        default: 500,
        minimum: 1,
        maximum: 10_000,
      },
      request_timeout_seconds: {
        type: 'number',
        title: 'Request timeout',
        description: 'Seconds after which a request without a complete answer is given up.',
        default: 60,
        exclusiveMinimum: 0,
        maximum: 3600,
      },
      max_retries: {
        type: 'integer',
        title: 'Retries',
        description: 'How often a failed request is tried again.',
        default: 6,
        minimum: 0,
        maximum: 50,
      },
      reconcile: {
        type: 'boolean',
        title: 'Reconcile',
        description:
          "After each complete read its rows are compared with the server's count, and a difference is told in the log: one request more for each endpoint.",
        default: false,
      },
      user_agent: {
        type: 'string',
        title: 'User agent',
        description: 'What the tap calls itself before the API.',
        default: `tap-exactsales/${version}`,
      },
      ...batchSettings,
      ...mapSettings,
    },
  },
};

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
    isGood: (date) => parseDateTime(date.trim()) !== undefined,
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

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What the schema cannot say, and what of the SDK's shape is not served. @returns a sentence for each fault */
function batchFaults(config: JsonValue | undefined): string[] {
  if (!isObject(config)) return [];
  const { encoding = {}, storage = {} } = config;
  if (!isObject(encoding) || !isObject(storage)) return [];
  const { format, compression = 'none' } = encoding;
  const { root, prefix } = storage;
  return [
    ...unserved('', config, ['encoding', 'storage', 'batch_size']),
    ...unserved('encoding.', encoding, ['format', 'compression']),
    ...unserved('storage.', storage, ['root', 'prefix']),
    ...fault('encoding.format', format === 'jsonl', 'jsonl: no other is written'),
    ...fault(
      'encoding.compression',
      compression === 'gzip' || compression === 'none',
      'gzip or none',
    ),
    ...fault(
      'storage.root',
      folderOf(root) !== undefined,
      'a folder of this machine, as file:///path/to/folder or as a path',
    ),
    ...fault(
      'storage.prefix',
      typeof prefix !== 'string' || !/[/\\\0]/.test(prefix),
      'the beginning of a name, without / and \\',
    ),
  ];
}

function unserved(path: string, given: object, served: readonly string[]): string[] {
  return Object.keys(given)
    .filter((name) => !served.includes(name))
    .map((name) => `The setting "batch_config.${path}${name}" is not served: leave it out.`);
}

function fault(path: string, isGood: boolean, wanted: string): string[] {
  return isGood ? [] : [`The setting "batch_config.${path}" must be ${wanted}.`];
}

/**
 * The folder that a root means. The Singer SDK's own example is a path behind `file://` that does
 * not begin at the root of the disk, so that is taken too.
 * @returns undefined for what is no folder of this machine
 */
export function folderOf(root: unknown): string | undefined {
  if (typeof root !== 'string' || root === '') return undefined;
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(root)) return resolve(root);
  const url = URL.parse(root);
  const path = root.slice('file://'.length);
  if (url?.protocol !== 'file:' || path === '') return undefined;
  try {
    return url.host === '' ? fileURLToPath(url) : resolve(decodeURIComponent(path));
  } catch {
    return undefined;
  }
}
