import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differences } from '../src/oracle/compare.ts';
import { Pair } from './pair.ts';
import { createAccount, startSimulator, type Simulator } from '@exact-spotter/simulator';

const TOKEN = 'canary-token';
const account = createAccount({ seed: 11, leads: 1500 });
let simulator: Simulator;
let pair: Pair;

beforeAll(async () => {
  simulator = await startSimulator({ account, token: TOKEN });
  pair = new Pair({ api_token: TOKEN, api_url: simulator.url, quota_requests: 10_000 });
});

afterAll(() => simulator.stop());

describe('tap | target', () => {
  it('copies every cell of an account', async () => {
    const { tap, target } = await pair.run();
    expect(tap.code, tap.stderr).toBe(0);
    expect(target.code, target.stderr).toBe(0);
    expect(`${tap.stderr}${target.stderr}`).not.toContain(TOKEN);
    expect(differences(pair.database, account)).toEqual([]);
  });

  it('reads only what may have changed when it runs again', async () => {
    const first = { requests: simulator.requests.length, rows: rowsRead() };
    simulator.clearRequests();
    account.live({ seed: 5, edits: 60 });
    const { tap, target } = await pair.run();
    expect(tap.code, tap.stderr).toBe(0);
    expect(target.code, target.stderr).toBe(0);
    expect(differences(pair.database, account)).toEqual([]);
    expect(simulator.requests.length).toBeLessThan(first.requests * 0.7);
    const leads = simulator.requests.filter(({ path }) => /leadsandpersons/i.test(path));
    expect(leads.length).toBeLessThanOrEqual(2);
    expect(rowsRead()).toBeLessThan(first.rows * 0.7);
  });
});

function rowsRead(): number {
  return simulator.requests.reduce((sum, { rows }) => sum + rows, 0);
}
