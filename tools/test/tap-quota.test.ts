import { createAccount, startSimulator } from '@exact-spotter/simulator';
import { withSeed } from '@exact-spotter/testing';
import { describe, expect, it } from 'vitest';
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

describe('the rate limit', () => {
  // The tap assumes that a request reaches the server within 250 ms. An overloaded machine may
  // exceed this once.
  it.each([1, 4, 16])('is never exceeded with %i requests in flight', { retry: 2 }, (concurrency) =>
    withSeed(async (random) => {
      served.simulator.behave({ quota: QUOTA, latencyMs: () => random() * 60 });
      const pair = newPair({ concurrency });
      const { tap } = await pair.run();
      expect(tap.code, tap.stderr).toBe(0);
      expect(served.simulator.requests.length).toBeGreaterThan(3 * QUOTA.requests);
      expect(served.simulator.quota).toMatchObject({ answered429: 0 });
      expect(served.simulator.quota.maxInWindow).toBeLessThanOrEqual(QUOTA.requests);
      expect(differences(pair.database, account)).toEqual([]);
    })(),
  );

  it.each(['seconds', 'date', 'none'] as const)(
    'is respected when other clients share it and a 429 says when to retry (%s)',
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
  it('exceeds the number of pages by at most a tenth in a first load', async () => {
    const pair = newPair({ page_size: 500, quota_requests: 1000 });
    await pair.run();
    const sets = [
      ...['sdrs', 'sellers', 'stages', 'industries', 'Sources', 'LeadsAndPersons', 'LeadStages'],
      ...['Losts', 'LeadsSold', 'Meetings', 'Tasks', 'Boxes', 'callsHistory'],
      ...['QualificationHistories', 'painPoints', 'LeadsCustomFields'],
    ];
    const pages = sets.reduce((sum, set) => sum + Math.ceil(account.count(set) / 500), 0);
    expect(served.simulator.requests.length).toBeLessThanOrEqual(pages * 1.1);
    expect(new Set(served.simulator.requests.map(({ set }) => set))).toEqual(new Set(sets));
  });

  it('includes no request after a full last page', async () => {
    const exact = createAccount({ seed: 5, leads: 200 });
    const other = await startSimulator({ account: exact, token: TOKEN });
    const pair = new Pair({ api_token: TOKEN, api_url: other.url, page_size: 100 });
    await pair.run();
    await other.stop();
    expect(other.requests.filter(({ set }) => set === 'LeadsAndPersons')).toHaveLength(2);
  });
});
