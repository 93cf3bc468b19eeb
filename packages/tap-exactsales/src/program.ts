import { packageVersion, type Program } from '@exact-spotter/singer';
import { mapSettings } from '@exact-spotter/stream-maps';
import { batchSettings } from './batch/config.ts';

const version = packageVersion(import.meta.url);

/** Before this day no account has a row: a read from here is a read of everything. */
export const EARLIEST_START = '2000-01-01';

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
          "After each complete read its rows are compared with the server's count, and a difference is told in the log: one request more for each set.",
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
