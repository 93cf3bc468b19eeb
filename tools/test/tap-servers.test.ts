import { withSeed } from '@exact-spotter/testing';
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { differences } from '../src/oracle/compare.ts';
import { Pair } from './pair.ts';
import { createAccount, startSimulator, type Simulator } from '@exact-spotter/simulator';
import type { Behaviour, FaultRule, Option, Sets } from '@exact-spotter/simulator';
import { TOKEN } from './served-account.ts';

const MINUTES = 60_000;
/**
 * Number of generated servers. To test many more from a random seed, set `SERVERS=200` in the
 * environment.
 */
const SERVERS = Number(process.env['SERVERS'] ?? 12);
/** Every build tests the same servers, so that only a code change can cause a failure. */
const FIXED_SEED = 20_261_125;

let simulator: Simulator | undefined;
afterEach(() => simulator?.stop());

const someSets: fc.Arbitrary<Sets> = fc.oneof(
  fc.constant('all' as const),
  fc.subarray([
    'LeadsAndPersons',
    'LeadStages',
    'LeadsCustomFields',
    'callsHistory',
    'Losts',
    'Boxes',
    'painPoints',
    'stages',
  ]),
);

function options(names: readonly Option[]): fc.Arbitrary<Partial<Record<Option, Sets>>> {
  return fc.dictionary(fc.constantFrom(...names), someSets, { maxKeys: 2 });
}

/** Behaviours that the specification leaves open, in any combination. */
const behaviours: fc.Arbitrary<Partial<Behaviour>> = fc.record(
  {
    nextLink: fc.constantFrom('always', 'whenMore', 'withoutTop', 'never', 'loop', 'otherHost'),
    pageCap: fc.constantFrom(7, 23, 60, 100, 500),
    tieOrder: fc.constantFrom('stable', 'shuffled'),
    nextLinkKeepsTop: fc.boolean(),
    countsPage: someSets,
    cacheSeconds: fc.constantFrom(0, 60),
    nullFilter: fc.constantFrom('accepted', 'rejected', 'ignored'),
    omitsLeadsWithoutPersons: fc.boolean(),
    rejects: options(['filter', 'orderby', 'select', 'count']),
    ignores: options(['filter', 'orderby', 'select', 'top', 'count']),
    orClause: fc.constantFrom('accepted', 'rejected'),
  },
  { requiredKeys: ['pageCap'] },
);

/** Wrong pages with status 200. Each page is sent once. */
const mistakes: fc.Arbitrary<FaultRule[]> = fc.array(
  fc.record({
    match: fc.record(
      {
        set: fc.constantFrom('LeadsAndPersons', 'LeadStages', 'stages', 'Tasks', 'Losts'),
        nth: fc.integer({ min: 1, max: 9 }),
      },
      { requiredKeys: ['nth'] },
    ),
    fault: fc.constantFrom('mistakenEmptyPage', 'errorPage', 'emptyPage'),
  }),
  { maxLength: 3 },
);

it(
  'with any server that the specification allows, the copy is complete or the log names the incomplete streams',
  withSeed(
    async (_random, runSeed) => {
      await fc.assert(
        fc.asyncProperty(
          behaviours,
          mistakes,
          fc.integer({ min: 1, max: 10_000 }),
          fc.integer({ min: 5, max: 120 }),
          async (behaviour, faults, seed, pageSize) => {
            const account = createAccount({ seed, leads: 120 });
            simulator = await startSimulator({ account, token: TOKEN });
            account.live({ seed, edits: 120, scope: 'whole' });
            // Hidden boxes cannot be copied.
            simulator.behave({ ...behaviour, hiddenBoxWindow: false });
            simulator.faults(faults);
            const pair = new Pair({
              ...{ api_token: TOKEN, api_url: simulator.url },
              ...{ quota_requests: 10_000, quota_seconds: 1, page_size: pageSize },
            });
            const { tap, target } = await pair.run();
            await simulator.stop();
            expect(target.code, target.stderr).toBe(0);
            // Streams that the log does not name must be complete.
            const [, without = ''] = /Could not read all rows of (.+);/.exec(tap.stderr) ?? [];
            expect(tap.code, tap.stderr).toBe(without === '' ? 0 : 1);
            const named = [
              ...without.split(', '),
              // The server omits these leads from the set.
              ...(behaviour.omitsLeadsWithoutPersons === true ? ['leadspersons'] : []),
            ];
            const silent = differences(pair.database, account).filter(
              (line) => !named.some((stream) => line.startsWith(`${stream} `)),
            );
            expect(silent).toEqual([]);
          },
        ),
        { numRuns: SERVERS, seed: runSeed },
      );
    },
    process.env['SERVERS'] === undefined ? FIXED_SEED : undefined,
  ),
  SERVERS * MINUTES,
);

/** If a bookmark moves past a row, only a later run with a working server reveals it. */
it(
  'a run with a working server reads everything that earlier runs could not read',
  withSeed(
    async (_random, runSeed) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(behaviours, mistakes), { minLength: 2, maxLength: 2 }),
          fc.integer({ min: 1, max: 10_000 }),
          fc.integer({ min: 5, max: 120 }),
          async (servers, seed, pageSize) => {
            const account = createAccount({ seed, leads: 120 });
            simulator = await startSimulator({ account, token: TOKEN });
            const pair = new Pair({
              ...{ api_token: TOKEN, api_url: simulator.url },
              ...{ quota_requests: 10_000, quota_seconds: 1, page_size: pageSize },
            });
            for (const [behaviour, faults] of servers) {
              const possible = { omitsLeadsWithoutPersons: false, hiddenBoxWindow: false };
              simulator.behave({ ...behaviour, ...possible });
              simulator.faults(faults);
              const { target } = await pair.run();
              expect(target.code, target.stderr).toBe(0);
              account.live({ seed, edits: 40 });
            }
            simulator.reset();
            const { tap, target } = await pair.run();
            await simulator.stop();
            expect([tap.code, target.code], tap.stderr).toEqual([0, 0]);
            expect(differences(pair.database, account)).toEqual([]);
          },
        ),
        { numRuns: Math.ceil(SERVERS / 2), seed: runSeed },
      );
    },
    process.env['SERVERS'] === undefined ? FIXED_SEED : undefined,
  ),
  SERVERS * MINUTES,
);
