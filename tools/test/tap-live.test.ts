import { createAccount, startSimulator, type Simulator } from '@exact-spotter/simulator';
import { withSeed } from '@exact-spotter/testing';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { differences } from '../src/oracle/compare.ts';
import { Pair } from './pair.ts';
import { TOKEN } from './served-account.ts';

const MINUTES = 60_000;
const simulators: Simulator[] = [];

afterAll(async () => {
  for (const simulator of simulators) await simulator.stop();
});

async function liveAccount(seed: number): Promise<Simulator> {
  const account = createAccount({ seed, leads: 260 });
  const simulator = await startSimulator({ account, token: TOKEN });
  simulators.push(simulator);
  return simulator;
}

function pairFor({ url }: Simulator, settings: object): Pair {
  const quota = { quota_requests: 10_000, quota_seconds: 1 };
  return new Pair({ api_token: TOKEN, api_url: url, ...quota, ...settings });
}

async function runs(pair: Pair): Promise<void> {
  const { tap, target } = await pair.run();
  expect(tap.code, tap.stderr).toBe(0);
  expect(target.code, target.stderr).toBe(0);
}

const script = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  pageSize: fc.integer({ min: 5, max: 120 }),
  edits: fc.integer({ min: 1, max: 4 }),
});

it(
  'the copy is complete after one run during changes and a second run without changes',
  withSeed(async (_random, runSeed) => {
    await fc.assert(
      fc.asyncProperty(script, async ({ seed, pageSize, edits }) => {
        const simulator = await liveAccount(seed);
        const pair = pairFor(simulator, { page_size: pageSize });
        let request = 0;
        const end = simulator.onRequest(() => {
          request += 1;
          simulator.account.live({ seed: seed + request, edits });
        });
        await runs(pair);
        end();
        await runs(pair);
        expect(differences(pair.database, simulator.account)).toEqual([]);
      }),
      { numRuns: 5, seed: runSeed },
    );
  }),
  5 * MINUTES,
);

it(
  'a full refresh notices deleted rows, and changes that do not update a date',
  withSeed(async (_random, runSeed) => {
    await fc.assert(
      fc.asyncProperty(script, async ({ seed, pageSize, edits }) => {
        const simulator = await liveAccount(seed);
        const pair = pairFor(simulator, { page_size: pageSize, full_refresh_days: 0.000_001 });
        let request = 0;
        const end = simulator.onRequest(() => {
          request += 1;
          simulator.account.live({ seed: seed + request, edits, scope: 'whole' });
        });
        await runs(pair);
        end();
        await runs(pair);
        expect(differences(pair.database, simulator.account)).toEqual([]);
      }),
      { numRuns: 4, seed: runSeed },
    );
  }),
  5 * MINUTES,
);
