import { millisecondsInDay } from 'date-fns/constants';
import { DatabaseSync } from 'node:sqlite';
import type { Behaviour, FaultRule } from '@exact-spotter/simulator';
import { describe, expect, it } from 'vitest';
import { differences } from '../src/oracle/compare.ts';
import type { Pair } from './pair.ts';
import { serveAccount } from './served-account.ts';

/** Tests the pair with API behaviours that can make a reader lose rows silently. */

const served = serveAccount({ seed: 91, leads: 700 });
const { account, newPair, copies } = served;

const CACHE: Partial<Behaviour> = { cacheSeconds: 60 };

const once = (fault: FaultRule['fault'], ...nths: readonly number[]): readonly FaultRule[] =>
  ['LeadsAndPersons', 'LeadStages', 'Losts', 'Boxes'].flatMap((set) =>
    nths.map((nth) => ({ match: { set, nth }, fault })),
  );

interface Case {
  readonly behaviour?: Partial<Behaviour>;
  readonly faults?: readonly FaultRule[];
  readonly settings?: object;
}

describe('nothing is lost in two runs with edits between them', () => {
  const sliced: Case = {
    behaviour: { sliceOnly: { LeadsCustomFields: { ms: 3000 } } },
    settings: { request_timeout_seconds: 1, max_retries: 1 },
  };
  const cases: [string, Case][] = [
    ['if counts cover only their page', { behaviour: { countsPage: 'all' } }],
    [
      'if counts cover only their page and pages are cut',
      { behaviour: { countsPage: 'all', pageCap: 100 } },
    ],
    [
      'if a request with $top never has a next link',
      { behaviour: { countsPage: 'all', nextLink: 'withoutTop' } },
    ],
    ['if responses are cached', { behaviour: CACHE }],
    ['if a page is empty by mistake', { faults: once('mistakenEmptyPage', 1, 3) }],
    ['if a page reports an error with status 200', { faults: once('errorPage', 1, 2, 3) }],
    ['if comparisons with null are rejected', { behaviour: { nullFilter: 'rejected' } }],
    ['if custom fields can only be read in slices', sliced],
    [
      'if call dates are wall-clock times',
      { behaviour: { callsClock: 'wall' }, settings: { calls_clock: 'wall' } },
    ],
    [
      'if these behaviours occur at once',
      {
        behaviour: {
          ...{ countsPage: 'all', pageCap: 100, nextLink: 'withoutTop', callsClock: 'wall' },
          ...{ ...CACHE, ...sliced.behaviour },
        },
        faults: [...once('mistakenEmptyPage', 2), ...once('errorPage', 4)],
        settings: { ...sliced.settings, calls_clock: 'wall' },
      },
    ],
  ];

  it.each(cases)(
    '%s',
    async (_case, { behaviour = {}, faults = [], settings = {} }) => {
      const pair = newPair({ page_size: 250, ...settings });
      for (const seed of [911, 912]) {
        served.simulator.reset();
        served.simulator.behave(behaviour);
        served.simulator.faults(faults);
        await copies(pair);
        account.live({ seed, edits: 40 });
      }
    },
    120_000,
  );

  it("if a task's due date is removed and rows without a date cannot be filtered", async () => {
    served.simulator.behave({ nullFilter: 'rejected' });
    const pair = newPair();
    await copies(pair);
    const soon = new Date(Date.now() - millisecondsInDay).toISOString().slice(0, 10);
    const task = account.rows('Tasks').find(({ dueDate }) => String(dueDate) > soon);
    account.change('Tasks', ({ id }) => id === task?.['id'], { dueDate: null });
    const { tap, target } = await pair.run();
    expect([tap.code, target.code], tap.stderr).toEqual([0, 0]);
    expect(
      differences(pair.database, account).filter((line) => /^tasks \d+ rows/.test(line)),
    ).toEqual([]);
  });

  it('if /LeadsAndPersons omits leads without persons', async () => {
    served.simulator.behave({ omitsLeadsWithoutPersons: true });
    const pair = newPair();
    const { tap, target } = await pair.run();
    expect([tap.code, target.code], tap.stderr).toEqual([0, 0]);
    const lost = differences(pair.database, account).filter(
      (line) => !line.startsWith('leadspersons '),
    );
    expect(lost).toEqual([]);
  });
});

describe('rows that cannot be sent', () => {
  const deleted = ({ database }: Pair): unknown => {
    const reader = new DatabaseSync(database, { readOnly: true });
    try {
      return reader.prepare('SELECT count(*) AS n FROM losts WHERE _sdc_deleted_at NOTNULL').get();
    } finally {
      reader.close();
    }
  };

  it.each(['rowWithoutKey', 'keyNull', 'keyFraction'] as const)(
    'fail the run and delete nothing (%s)',
    async (fault) => {
      const pair = newPair();
      await copies(pair);
      served.simulator.faults([{ match: { set: 'Losts' }, fault }]);
      const { tap, target } = await pair.run();
      expect([tap.code, target.code], tap.stderr).toEqual([1, 0]);
      expect(tap.stderr).toMatch(/losts: could not send \d+ rows? without a usable key/);
      expect(deleted(pair)).toEqual({ n: 0 });
      expect(differences(pair.database, account)).toEqual([]);
      served.simulator.reset();
      await copies(pair);
    },
  );
});
