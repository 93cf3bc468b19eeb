import { createAccount, startSimulator } from '@exact-spotter/simulator';
import { withSeed } from '@exact-spotter/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { differences } from '../src/oracle/compare.ts';
import { Pair } from './pair.ts';
import { serveAccount, TOKEN } from './served-account.ts';

const QUOTA = { requests: 30, seconds: 1.5 };
const served = serveAccount(
  { seed: 41, leads: 400 },
  {
    quota_requests: QUOTA.requests,
    quota_seconds: QUOTA.seconds,
    page_size: 50,
  },
);
const { account, newPair } = served;

/** The longest time in milliseconds that the tap assumes a request takes to reach the server. */
const LONGEST_WAY = 250;

afterEach(() => vi.unstubAllEnvs());

/** Returns the duration of each request in milliseconds, from the tap's debug log. */
function requestDurations(log: string): number[] {
  const metrics = log.matchAll(/"metric":"http_request_duration","value":([^,]+)/g);
  return Array.from(metrics, ([, seconds]) => Number(seconds) * 1000);
}

/** Returns the highest number of arrivals within any time span of this length. */
function mostWithin(times: readonly number[], span: number): number {
  const counts = times.map((from) => times.filter((at) => at >= from && at < from + span).length);
  return Math.max(...counts);
}

describe('the rate limit', () => {
  it.each([1, 4, 16])('is never exceeded with %i requests in flight', (concurrency) =>
    withSeed(async (random) => {
      served.simulator.behave({ latencyMs: () => random() * 60 });
      vi.stubEnv('TAP_EXACTSALES_LOGLEVEL', 'DEBUG');
      const pair = newPair({ concurrency });
      const { tap } = await pair.run();
      expect(tap.code, tap.stderr).toBe(0);
      const arrivals = served.simulator.requests.map(({ at }) => at);
      expect(arrivals.length).toBeGreaterThan(3 * QUOTA.requests);
      const durations = requestDurations(tap.stderr);
      expect(durations).toHaveLength(arrivals.length);
      // On an overloaded machine, a request may arrive later than the tap assumes. Such a delay
      // shortens the time until the next requests arrive. A request cannot arrive later than its
      // response.
      const late = Math.max(0, Math.max(...durations) - LONGEST_WAY);
      const span = QUOTA.seconds * 1000 - late;
      expect(mostWithin(arrivals, span)).toBeLessThanOrEqual(QUOTA.requests);
      expect(differences(pair.database, account)).toEqual([]);
    })(),
  );

  it.each(['seconds', 'date', 'none'] as const)(
    'is respected when other clients share it (Retry-After: %s)',
    async (retryAfter) => {
      served.simulator.behave({
        quota: { ...QUOTA, retryAfter, clockOffsetSeconds: 3600 },
        foreignUse: { requests: 15, seconds: QUOTA.seconds },
      });
      const pair = newPair({ page_size: 100 });
      const { tap } = await pair.run();
      expect(tap.code, tap.stderr).toBe(0);
      expect(served.simulator.quota.answered429).toBeGreaterThan(0);
      expect(served.simulator.quota.answered429).toBeLessThan(served.simulator.requests.length / 3);
      expect(differences(pair.database, account)).toEqual([]);
    },
  );
});

describe('the number of requests', () => {
  it('exceeds the pages of a first load by at most a tenth, plus two for each set of one page', async () => {
    const pair = newPair({ page_size: 500, quota_requests: 1000 });
    await pair.run();
    const sets = [
      ...['Funnels', 'sdrs', 'sellers', 'stages', 'industries', 'Sources'],
      ...['LeadsAndPersons', 'LeadStages'],
      ...['Losts', 'LeadsSold', 'Meetings', 'Tasks', 'Boxes', 'callsHistory'],
      ...['QualificationHistories', 'painPoints', 'LeadsCustomFields'],
    ];
    const pages = sets.reduce((sum, set) => sum + Math.ceil(account.count(set) / 500), 0);
    // The server may have cut a set's only page, so the tap sends up to two more requests for it.
    // Further requests compare leads with persons and find rows without a date.
    const singlePages = sets.filter((set) => account.count(set) <= 500).length;
    const most = pages * 1.1 + 2 * singlePages;
    expect(served.simulator.requests.length).toBeLessThanOrEqual(most);
    const paged = served.simulator.requests.filter(({ path }) => !path.endsWith('/$count'));
    expect(new Set(paged.map(({ set }) => set))).toEqual(new Set(sets));
  });

  it('includes no request after a full last page', async () => {
    const exact = createAccount({ seed: 5, leads: 200 });
    const other = await startSimulator({ account: exact, token: TOKEN });
    const settings = { page_size: 100, quota_requests: 1000 };
    const pair = new Pair({ api_token: TOKEN, api_url: other.url, ...settings });
    await pair.run();
    await other.stop();
    expect(other.requests.filter(({ set }) => set === 'LeadsAndPersons')).toHaveLength(2);
  });
});
