import { Client } from './client.ts';
import { Http } from './http.ts';
import { Quota } from './quota.ts';
import type { TapSettings } from './settings.ts';

/** The way to the account's API, for as long as a run needs it. */
export interface Connection {
  readonly client: Client;
  /** How many requests of the budget could leave at once. */
  readonly requestsLeft: () => number;
  readonly close: () => Promise<void>;
}

/** @param signal ends whatever is under way */
export function connect(settings: TapSettings, signal: AbortSignal): Connection {
  const http = new Http({
    headers: { token_exact: settings.api_token.trim(), 'user-agent': settings.user_agent },
    connections: settings.concurrency,
  });
  const quota = new Quota(settings.quota_requests, settings.quota_seconds);
  const client = new Client({
    http,
    quota,
    apiUrl: settings.api_url.trim().replace(/\/+$/, ''),
    timeoutSeconds: settings.request_timeout_seconds,
    maxRetries: settings.max_retries,
    signal,
  });
  return { client, requestsLeft: () => quota.left, close: () => http.close() };
}
