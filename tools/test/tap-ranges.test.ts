import { ended, until, withSeed, type Random } from '@exact-spotter/testing';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createAccount, startSimulator, type Simulator } from '@exact-spotter/simulator';
import type { Behaviour, FaultRule, Option, Sets } from '@exact-spotter/simulator';
import { differences } from '../src/oracle/compare.ts';
import { Pair } from './pair.ts';
import { serveAccount, TOKEN } from './served-account.ts';

/** Kills, edits and odd servers while large sets are read in key ranges. */

const MINUTES = 60_000;
/** Number of runs to kill; half as many are terminated. Set `KILLS=100` to kill many more. */
const KILLS = Number(process.env['KILLS'] ?? 6);
/** How many runs of one pair are killed before the copy is completed and compared. */
const KILLS_PER_COPY = 3;
/**
 * Number of generated servers. To test many more from a random seed, set `SERVERS=200` in the
 * environment.
 */
const SERVERS = Number(process.env['SERVERS'] ?? 5);
/** Every build tests the same servers, so that only a code change can cause a failure. */
const FIXED_SEED = 20_261_125;
/** Few rows a page, and time enough for every page, so that a read is worth dividing. */
const SETTINGS = { page_size: 15, concurrency: 16 };
const SLOW = { latencyMs: 50 };

const served = serveAccount({ seed: 71, leads: 400 }, SETTINGS);
const { account, newPair, copies } = served;

/** Returns the sets of which more than one range is being requested at the moment. */
function splitSets({ requests }: Simulator): string[] {
  const open = requests
    .filter(({ status, query }) => status === 0 && / g[te] \d+$/.test(query['$filter'] ?? ''))
    .map(({ set }) => set);
  return open.filter((set, at) => open.indexOf(set) !== at);
}

/** Returns how many ranges have been divided so far, in sets with unique keys. */
function divisions({ requests }: Simulator): number {
  return requests.filter(({ query }) => '$skip' in query && query['$orderby'] === 'id').length;
}

type Victim = 'tap' | 'target' | 'both';

/** Starts runs until `count` of them have been ended by a signal while ranges were being read. */
async function endRuns(
  pair: Pair,
  count: number,
  random: Random,
  end: (pair: Pair, requests: number) => Promise<boolean>,
): Promise<void> {
  let range = 150;
  let hit = 0;
  for (let run = 1; hit < count; run += 1) {
    if (run > 10 * count) throw new Error(`only ${hit} of ${run - 1} runs could be ended`);
    served.simulator.clearRequests();
    if (await end(pair, Math.ceil(random() * range))) hit += 1;
    // The run ended before it made so many requests, so the next run is ended sooner.
    else range = Math.max(1, served.simulator.requests.length);
  }
}

/** Starts a run. Resolves after a number of requests, as soon as ranges are being read. */
async function startUntilSplit(pair: Pair, requests: number) {
  const { simulator } = served;
  const { tap, target } = await pair.start();
  const ending = Promise.all([ended(tap), ended(target)]);
  const isSplit = (): boolean =>
    simulator.requests.length >= requests && splitSets(simulator).length > 0;
  await until(() => tap.exitCode !== null || isSplit());
  return { tap, target, ending };
}

/**
 * Kills a run. If the run has already ended, it must have succeeded.
 * @returns true if the signal ended every victim
 */
async function kill(pair: Pair, victim: Victim, requests: number): Promise<boolean> {
  const { tap, target, ending } = await startUntilSplit(pair, requests);
  if (victim !== 'target') tap.kill('SIGKILL');
  if (victim !== 'tap') target.kill('SIGKILL');
  if (victim === 'target') tap.stdout.destroy();
  const [tapEnded, targetEnded] = await ending;
  const victims = { tap: [tapEnded], target: [targetEnded], both: [tapEnded, targetEnded] }[victim];
  for (const { code, signal, stderr } of victims) {
    if (signal === null) expect(code, stderr).toBe(0);
  }
  return victims.every(({ signal }) => signal === 'SIGKILL');
}

/** Terminates the tap. @returns true if the tap stopped because of the signal */
async function terminate(pair: Pair, requests: number): Promise<boolean> {
  const { tap, ending } = await startUntilSplit(pair, requests);
  tap.kill('SIGTERM');
  const [tapEnded, targetEnded] = await ending;
  // The signal may arrive when the run is over.
  const isStopped = tapEnded.stderr.includes('SIGTERM stopped the run');
  expect(tapEnded.code, tapEnded.stderr).toBe(isStopped ? 143 : 0);
  expect(targetEnded.code, targetEnded.stderr).toBe(0);
  return isStopped;
}

const VICTIMS = ['tap', 'target', 'both'] as const;

describe('ended at random moments while ranges are read, and then run again, the copy is complete', () => {
  it.each<[string, number, (random: Random) => (pair: Pair, requests: number) => Promise<boolean>]>(
    [
      [
        'with kill -9',
        KILLS,
        (random) => (pair, requests) =>
          kill(pair, VICTIMS[Math.floor(3 * random())] ?? 'both', requests),
      ],
      ['with SIGTERM', Math.ceil(KILLS / 2), () => terminate],
    ],
  )(
    '%s',
    (_case, count, endWith) =>
      withSeed(async (random) => {
        for (let left = count; left > 0; left -= KILLS_PER_COPY) {
          const pair = newPair();
          served.simulator.behave(SLOW);
          await endRuns(pair, Math.min(left, KILLS_PER_COPY), random, endWith(random));
          account.live({ seed: left, edits: 5 });
          await copies(pair);
          served.simulator.behave({ latencyMs: 0 });
          account.live({ seed: count + left, edits: 10 });
          await copies(pair);
        }
      })(),
    KILLS * MINUTES,
  );
});

it(
  'rows that are added at the end of every set during the read are read by the next run',
  async () => {
    const { simulator } = served;
    const sets = [
      'Leads',
      'LeadStages',
      'callsHistory',
      'QualificationHistories',
      'Tasks',
    ] as const;
    simulator.behave(SLOW);
    let requests = 0;
    const stop = simulator.onRequest(() => {
      requests += 1;
      for (const set of sets) account.add(set);
    });
    const pair = newPair();
    const { tap, target } = await pair.run();
    stop();
    expect([tap.code, target.code], tap.stderr).toEqual([0, 0]);
    expect(divisions(simulator)).toBeGreaterThan(0);
    // Each set has grown faster than one reader would have read it.
    expect(requests).toBeLessThan(2000);
    await copies(pair);
  },
  MINUTES,
);

/** One of the large sets. If more sets are odd, hardly any of them is read in ranges. */
const oneSet = fc
  .constantFrom('LeadsAndPersons', 'LeadStages', 'LeadsCustomFields', 'callsHistory')
  .map((set) => [set]);

function options(names: readonly Option[]): fc.Arbitrary<Partial<Record<Option, Sets>>> {
  return fc.dictionary(fc.constantFrom(...names), oneSet, { maxKeys: 1 });
}

/** Behaviours that matter to reads in key ranges, in any combination. */
const behaviours: fc.Arbitrary<Partial<Behaviour>> = fc.record(
  {
    pageCap: fc.constantFrom(7, 11, 60),
    tieOrder: fc.constantFrom('stable', 'shuffled'),
    countsPage: oneSet,
    cacheSeconds: fc.constantFrom(0, 60),
    rejects: options(['filter', 'orderby', 'select', 'count', 'skip']),
    ignores: options(['filter', 'orderby', 'select', 'top', 'count', 'skip']),
  },
  { requiredKeys: ['pageCap'] },
);

/** Wrong pages and errors. Each occurs once. */
const mistakes: fc.Arbitrary<FaultRule[]> = fc.array(
  fc.record({
    match: fc.record(
      {
        set: fc.constantFrom('LeadsAndPersons', 'LeadStages', 'LeadsCustomFields', 'callsHistory'),
        nth: fc.integer({ min: 1, max: 40 }),
      },
      { requiredKeys: ['nth'] },
    ),
    fault: fc.constantFrom(
      ...(['mistakenEmptyPage', 'errorPage', 'emptyPage', 'resetMidBody'] as const),
      { status: 500 },
      { status: 429, retryAfter: 0 },
    ),
  }),
  { maxLength: 4 },
);

let simulator: Simulator | undefined;
afterEach(() => simulator?.stop());

it(
  'every cell is right after a run with an odd server and edits between its requests, and a run without',
  withSeed(
    async (_random, runSeed) => {
      let divided = 0;
      await fc.assert(
        fc.asyncProperty(
          behaviours,
          mistakes,
          fc.integer({ min: 1, max: 10_000 }),
          fc.integer({ min: 5, max: 12 }),
          fc.integer({ min: 1, max: 9 }),
          async (behaviour, faults, seed, pageSize, every) => {
            const live = createAccount({ seed, leads: 90 });
            const server = await startSimulator({ account: live, token: TOKEN });
            simulator = server;
            // Hidden boxes cannot be copied.
            server.behave({ ...behaviour, ...SLOW, hiddenBoxWindow: false });
            server.faults(faults);
            let requests = 0;
            const stop = server.onRequest(() => {
              requests += 1;
              if (requests % every === 0 && requests < 200)
                live.live({ seed: seed + requests, edits: 2 });
            });
            const pair = new Pair({
              ...{ api_token: TOKEN, api_url: server.url },
              ...{ quota_requests: 10_000, quota_seconds: 1 },
              ...SETTINGS,
              page_size: pageSize,
            });
            const first = await pair.run();
            stop();
            divided += divisions(server);
            expect(first.target.code, first.target.stderr).toBe(0);
            server.reset();
            const { tap, target } = await pair.run();
            await server.stop();
            expect([tap.code, target.code], tap.stderr).toEqual([0, 0]);
            expect(differences(pair.database, live), first.tap.stderr).toEqual([]);
          },
        ),
        { numRuns: SERVERS, seed: runSeed },
      );
      expect(divided).toBeGreaterThan(0);
    },
    process.env['SERVERS'] === undefined ? FIXED_SEED : undefined,
  ),
  SERVERS * MINUTES,
);
