import { describe, expect, it } from 'vitest';
import { differences } from '../src/oracle/compare.ts';
import { Pair } from './pair.ts';
import { createAccount, startSimulator } from '@exact-spotter/simulator';
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

describe('the budget', () => {
  it.each([1, 4, 16])('is never exceeded with %i requests in flight', async (concurrency) => {
    served.simulator.behave({ quota: QUOTA, latencyMs: () => Math.random() * 60 });
    const pair = newPair({ concurrency });
    const { tap } = await pair.run();
    expect(tap.code, tap.stderr).toBe(0);
    expect(served.simulator.requests.length).toBeGreaterThan(3 * QUOTA.requests);
    expect(served.simulator.quota).toMatchObject({ answered429: 0 });
    expect(served.simulator.quota.maxInWindow).toBeLessThanOrEqual(QUOTA.requests);
    expect(differences(pair.database, account)).toEqual([]);
  });

  it.each(['seconds', 'date', 'none'] as const)(
    'that others spend too: 429 is heeded (%s), and the run ends well without a storm',
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

describe('no request that is not needed', () => {
  it('is made on a first load: as many as the pages, and the sets that are slow to cut', async () => {
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

  it('is made behind a page that proves to be the last, full as it may be', async () => {
    const exact = createAccount({ seed: 5, leads: 200 });
    const other = await startSimulator({ account: exact, token: TOKEN });
    const pair = new Pair({ api_token: TOKEN, api_url: other.url, page_size: 100 });
    await pair.run();
    await other.stop();
    expect(other.requests.filter(({ set }) => set === 'LeadsAndPersons')).toHaveLength(2);
  });
});
