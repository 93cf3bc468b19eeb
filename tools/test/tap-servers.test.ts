import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { differences } from '../src/oracle/index.ts';
import { Pair } from '../src/pair.ts';
import { createAccount, startSimulator, type Simulator } from '@exact-spotter/simulator';
import type { Behaviour, Option, Sets } from '@exact-spotter/simulator';
import { TOKEN } from './token.ts';

const MINUTES = 60_000;
/** Servers that are made up; `SERVERS=200` in the environment makes it many more, and other ones. */
const SERVERS = Number(process.env['SERVERS'] ?? 12);
/** The same ones in every build: what turns red there is what was changed. */
const SEED = process.env['SERVERS'] === undefined ? { seed: 20_261_125 } : {};

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

/** What the specification leaves open, in any mixture. */
const behaviours: fc.Arbitrary<Partial<Behaviour>> = fc.record(
  {
    nextLink: fc.constantFrom('always', 'whenMore', 'never', 'loop', 'otherHost'),
    pageCap: fc.constantFrom(7, 23, 60, 100, 500),
    tieOrder: fc.constantFrom('stable', 'shuffled'),
    rejects: options(['filter', 'orderby', 'select', 'count']),
    ignores: options(['filter', 'orderby', 'select', 'top', 'count']),
    orClause: fc.constantFrom('accepted', 'rejected'),
  },
  { requiredKeys: ['pageCap'] },
);

it(
  'an account with a past is copied whole from any server that the specification allows, or it is said what is not',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        behaviours,
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 5, max: 120 }),
        async (behaviour, seed, pageSize) => {
          const account = createAccount({ seed, leads: 120 });
          simulator = await startSimulator({ account, token: TOKEN });
          account.live({ seed, edits: 120, reach: 'whole' });
          // Boxes that nobody can ask for are not there to be copied.
          simulator.behave({ ...behaviour, hiddenBoxWindow: false });
          const pair = new Pair({
            ...{ api_token: TOKEN, api_url: simulator.url },
            ...{ quota_requests: 10_000, quota_seconds: 1, page_size: pageSize },
          });
          const { tap, target } = await pair.run();
          await simulator.stop();
          expect(target.code, target.stderr).toBe(0);
          // What cannot be read whole is said; what is not said is whole.
          const [, without = ''] = /Could not read all rows of (.+);/.exec(tap.stderr) ?? [];
          expect(tap.code, tap.stderr).toBe(without === '' ? 0 : 1);
          const silent = differences(pair.database, account).filter(
            (line) => !without.split(', ').some((stream) => line.startsWith(`${stream} `)),
          );
          expect(silent).toEqual([]);
        },
      ),
      { numRuns: SERVERS, ...SEED },
    );
  },
  SERVERS * MINUTES,
);
