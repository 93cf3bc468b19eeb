import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { differences } from '../src/oracle/index.ts';
import { Pair } from '../src/pair.ts';
import { createAccount, startSimulator, type Simulator } from '../src/simulator/index.ts';
import { TOKEN } from './api.ts';

const QUOTA = { requests: 30, seconds: 1.5 };
const account = createAccount({ seed: 41, leads: 400 });
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ account, token: TOKEN });
});

afterAll(() => simulator.stop());

beforeEach(() => simulator.reset());

function newPair(settings: object = {}): Pair {
  return new Pair({
    api_token: TOKEN,
    api_url: simulator.url,
    quota_requests: QUOTA.requests,
    quota_seconds: QUOTA.seconds,
    page_size: 50,
    ...settings,
  });
}

describe('the budget', () => {
  it.each([1, 4, 16])('is never exceeded with %i requests in flight', async (concurrency) => {
    simulator.behave({ quota: QUOTA, latencyMs: () => Math.random() * 60 });
    const pair = newPair({ concurrency });
    const { tap } = await pair.run();
    expect(tap.code, tap.stderr).toBe(0);
    expect(simulator.requests.length).toBeGreaterThan(3 * QUOTA.requests);
    expect(simulator.quota).toMatchObject({ answered429: 0 });
    expect(simulator.quota.maxInWindow).toBeLessThanOrEqual(QUOTA.requests);
    expect(differences(pair.database, account)).toEqual([]);
  });

  it.each(['seconds', 'date', 'none'] as const)(
    'that others spend too: 429 is heeded (%s), and the run ends well without a storm',
    async (retryAfter) => {
      simulator.behave({
        quota: { ...QUOTA, retryAfter, clockOffsetSeconds: 3600 },
        foreignUse: { requests: 15, seconds: QUOTA.seconds },
      });
      const pair = newPair({ page_size: 100 });
      const { tap } = await pair.run();
      expect(tap.code, tap.stderr).toBe(0);
      expect(simulator.quota.answered429).toBeGreaterThan(0);
      expect(simulator.quota.answered429).toBeLessThan(simulator.requests.length / 3);
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
    expect(simulator.requests.length).toBeLessThanOrEqual(pages * 1.1);
    expect(new Set(simulator.requests.map(({ set }) => set))).toEqual(new Set(sets));
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
