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

/** The complete, validated and frozen settings of a run. */
export interface TapSettings extends MapSettings {
  readonly api_token: string;
  /** A date or a date-time. */
  readonly start_date: string;
  readonly past_days: number;
  readonly future_days: number;
  readonly full_refresh_days: number;
  readonly lookback_days?: number;
  /** An IANA name. */
  readonly timezone: string;
  readonly calls_clock: 'utc' | 'wall';
  readonly unknown_fields: 'report' | 'keep';
  readonly api_url: string;
  readonly quota_requests: number;
  readonly quota_seconds: number;
  readonly concurrency: number;
  readonly page_size: number;
  readonly request_timeout_seconds: number;
  readonly max_retries: number;
  readonly reconcile: boolean;
  readonly on_unusable_row: 'fail' | 'skip';
  readonly user_agent: string;
  readonly batch_config?: BatchConfig;
}

/** The setting `batch_config`, which has the same shape as in the Singer SDK. */
export interface BatchConfig {
  readonly encoding: { readonly format: 'jsonl'; readonly compression?: 'gzip' | 'none' };
  readonly storage: { readonly root: string; readonly prefix?: string };
  /** Maximum number of rows in a file. */
  readonly batch_size?: number;
}

/** The default batch size, which is the same as in the Singer SDK. */
export const DEFAULT_BATCH_SIZE = 10_000;

const version = packageVersion(import.meta.url);

/** No account has rows before this day, so a read that starts here needs no date filter. */
export const EARLIEST_START = '2000-01-01';

const batchSettings = {
  batch_config: {
    type: 'object',
    title: 'Batches',
    description:
      'Write rows to JSON Lines files and name the files in BATCH messages, instead of writing RECORD messages, e.g. {"encoding": {"format": "jsonl", "compression": "gzip"}, "storage": {"root": "file:///path/to/folder", "prefix": ""}, "batch_size": 10000}.',
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

/**
 * Describes the tap. Settings validation, `--about` and the Meltano definition are derived from
 * this description.
 */
export const program: Program = {
  name: 'tap-exactsales',
  version,
  description:
    'Reads a whole Exact Spotter account (Exact Sales, today RD Station Spotter) through its REST API v3: 23 streams, and 10 more if you select them.',
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
          'The earliest date to read in streams that are read by date: a date, or a date-time with a time zone.',
        default: EARLIEST_START,
        'x-kind': 'date_iso8601',
      },
      past_days: {
        type: 'integer',
        title: 'Past days',
        description:
          'Each run reads meetings, tasks and boxes again from this many days before the last complete run.',
        default: 30,
        minimum: 0,
      },
      future_days: {
        type: 'integer',
        title: 'Future days',
        description: 'Each run reads meetings, tasks and boxes up to this many days ahead.',
        default: 365,
        minimum: 0,
      },
      full_refresh_days: {
        type: 'number',
        title: 'Full refresh days',
        description:
          'Read a date-based stream completely when its last complete read is this many days old, to detect rows deleted in Exact Spotter. Fractions are allowed; 0 means never.',
        default: 7,
        minimum: 0,
      },
      lookback_days: {
        type: 'number',
        title: 'Lookback days',
        description:
          'Read incremental streams again from this many days before their bookmark, because rows may be entered late. The default is 60 for sales, whose date a person picks, and 1 for all other streams. A value below the default has no effect, except that 0 turns the lookback off. Fractions are allowed.',
        minimum: 0,
      },
      timezone: {
        type: 'string',
        title: 'Time zone',
        description:
          "The account's time zone, as an IANA name. The API writes the start and end of meetings and boxes in this zone.",
        default: 'America/Sao_Paulo',
      },
      calls_clock: {
        type: 'string',
        title: 'Clock of call dates',
        description:
          'How to read call dates, whose time zone is not documented. `utc`: in the zone that they name, which is UTC. `wall`: as wall-clock time in `timezone`, regardless of the zone that they name.',
        enum: ['utc', 'wall'],
        default: 'utc',
      },
      unknown_fields: {
        type: 'string',
        title: 'Unknown fields',
        description:
          'What to do with API fields that have no column. `report`: log each unknown field once. `keep`: also add a column `extra` to every stream and store these fields there as JSON.',
        enum: ['report', 'keep'],
        default: 'report',
      },
      api_url: {
        type: 'string',
        title: 'API URL',
        description: 'Base URL of the API.',
        default: 'https://api.exactspotter.com/v3',
      },
      quota_requests: {
        type: 'integer',
        title: 'Quota: requests',
        description:
          "Maximum number of requests within `quota_seconds`. All of the company's integrations share this rate limit, so a lower number leaves requests for other integrations.",
        default: 30,
        minimum: 1,
      },
      quota_seconds: {
        type: 'number',
        title: 'Quota: seconds',
        description: 'Time span of the rate limit, in seconds.',
        default: 20,
        exclusiveMinimum: 0,
      },
      concurrency: {
        type: 'integer',
        title: 'Concurrency',
        description: 'Maximum number of requests in flight.',
        default: 8,
        minimum: 1,
        maximum: 64,
      },
      page_size: {
        type: 'integer',
        title: 'Page size',
        description: 'Rows to request per page. The API returns up to 500.',
        default: 500,
        minimum: 1,
        maximum: 10_000,
      },
      request_timeout_seconds: {
        type: 'number',
        title: 'Request timeout',
        description: 'Seconds after which a request without a complete response is aborted.',
        default: 60,
        exclusiveMinimum: 0,
        maximum: 3600,
      },
      max_retries: {
        type: 'integer',
        title: 'Retries',
        description: 'Maximum number of retries of a failed request.',
        default: 6,
        minimum: 0,
        maximum: 50,
      },
      reconcile: {
        type: 'boolean',
        title: 'Reconcile',
        description:
          "Compare each complete read with the server's count and log any difference. Costs one request per endpoint.",
        default: false,
      },
      on_unusable_row: {
        type: 'string',
        title: 'Unusable rows',
        description:
          'What to do if a row has no usable key. `fail`: keep the bookmark of its stream, delete no rows of the stream, and exit with 1. `skip`: log a warning and treat the stream as complete.',
        enum: ['fail', 'skip'],
        default: 'fail',
      },
      user_agent: {
        type: 'string',
        title: 'User agent',
        description: 'The `User-Agent` header of every request.',
        default: `tap-exactsales/${version}`,
      },
      ...batchSettings,
      ...mapSettings,
    },
  },
};

/** Checks what the JSON Schema cannot express. @returns one sentence per problem */
export function checkSettings(settings: Partial<Record<keyof TapSettings, unknown>>): string[] {
  const problems = Object.entries(CHECKS).flatMap(([name, { isGood, wanted }]) => {
    const value = settings[name as keyof TapSettings];
    return typeof value !== 'string' || isGood(value)
      ? []
      : [`The setting "${name}" must be ${wanted}.`];
  });
  return [...problems, ...batchProblems(settings.batch_config as JsonValue | undefined)];
}

interface Check {
  readonly isGood: (value: string) => boolean;
  readonly wanted: string;
}

const CHECKS: Readonly<Partial<Record<keyof TapSettings, Check>>> = {
  api_token: {
    isGood: (token) => /^[\x21-\x7e]+$/.test(token.trim()),
    wanted: 'the token as Exact Spotter shows it, without spaces or accents',
  },
  start_date: {
    isGood: (date) => parseDateTime(date.trim()) !== undefined,
    wanted: 'a date or a date-time, e.g. 2024-01-31 or 2024-01-31T00:00:00Z',
  },
  timezone: { isGood: isTimezone, wanted: 'the IANA name of a time zone, e.g. America/Sao_Paulo' },
  api_url: {
    isGood: isWebAddress,
    wanted: 'a URL that begins with https:// or http://, without a query',
  },
  user_agent: {
    isGood: (text) => /^[\x20-\x7e]+$/.test(text),
    wanted: 'one line of ASCII characters',
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

/** Returns the problems of `batch_config`, including Singer SDK options that are not supported. */
function batchProblems(config: JsonValue | undefined): string[] {
  if (!isObject(config)) return [];
  const { encoding = {}, storage = {} } = config;
  if (!isObject(encoding) || !isObject(storage)) return [];
  const { format, compression = 'none' } = encoding;
  const { root, prefix } = storage;
  return [
    ...unsupported('', config, ['encoding', 'storage', 'batch_size']),
    ...unsupported('encoding.', encoding, ['format', 'compression']),
    ...unsupported('storage.', storage, ['root', 'prefix']),
    ...problem('encoding.format', format === 'jsonl', 'jsonl, the only supported format'),
    ...problem(
      'encoding.compression',
      compression === 'gzip' || compression === 'none',
      'gzip or none',
    ),
    ...problem(
      'storage.root',
      folderOf(root) !== undefined,
      'a folder on this machine, as file:///path/to/folder or as a path',
    ),
    ...problem(
      'storage.prefix',
      typeof prefix !== 'string' || !/[/\\\0]/.test(prefix),
      'the beginning of a file name, without / and \\',
    ),
  ];
}

function unsupported(path: string, given: object, supported: readonly string[]): string[] {
  return Object.keys(given)
    .filter((name) => !supported.includes(name))
    .map((name) => `The setting "batch_config.${path}${name}" is not supported: remove it.`);
}

function problem(path: string, isGood: boolean, wanted: string): string[] {
  return isGood ? [] : [`The setting "batch_config.${path}" must be ${wanted}.`];
}

/**
 * Returns the folder that `storage.root` names. Also accepts a relative path after `file://`, as in
 * the Singer SDK's own example.
 * @returns undefined if the root is not a folder on this machine
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
