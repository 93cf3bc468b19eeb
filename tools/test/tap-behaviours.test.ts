import { describe, expect, it } from 'vitest';
import { differences } from '../src/oracle/index.ts';
import { type Pair } from '../src/pair.ts';
import type { Behaviour } from '@exact-spotter/simulator';
import { serveAccount } from './served-account.ts';

const served = serveAccount({ seed: 21, leads: 700 });
const { account, newPair } = served;

async function copies(pair: Pair, warnings: readonly RegExp[] = []): Promise<void> {
  const { tap } = await served.copies(pair);
  for (const warning of warnings) expect(tap.stderr).toMatch(warning);
  if (warnings.length === 0) expect(tap.stderr).not.toContain('WARNING');
}

describe('an account is copied whole, cell by cell,', () => {
  const cases: [string, Partial<Behaviour>, RegExp[]?][] = [
    ['where pages end at 100 rows', { pageCap: 100 }],
    [
      'where pages end at 23 rows, and ties come in any order',
      { pageCap: 23, tieOrder: 'shuffled' },
    ],
    ['where pages are longer than asked for', { pageCap: 900, ignores: { top: 'all' } }],
    ['where a link stands only before further rows', { nextLink: 'whenMore' }],
    ['where no link ever stands', { nextLink: 'never' }],
    ['where links lead back to their own page', { nextLink: 'loop' }],
    ['where links lead to another host', { nextLink: 'otherHost' }],
    ['where links forget the size of the page', { nextLinkKeepsTop: false }],
    ['where nothing is counted', { ignores: { count: 'all' } }],
    [
      'where counting is refused, and pages end at 100 rows',
      { rejects: { count: 'all' }, pageCap: 100 },
      [/rejects the count/],
    ],
    [
      'where order is refused',
      { rejects: { orderby: 'all' } },
      [/\/Leads\S* the API rejects the orderby/],
    ],
    ['where order is not heeded', { ignores: { orderby: 'all' } }],
    ['where or is refused', { orClause: 'rejected' }],
    ['where nothing is compressed', { gzip: false }],
  ];

  it.each(cases)('%s', async (_case, behaviour, warnings) => {
    served.simulator.behave(behaviour);
    await copies(newPair(), warnings);
    expect(served.simulator.decoyRequests).toEqual([]);
  });

  // Each of the short pages is in order by itself, and the rows at the end of the set belong between them.
  it.each<[string, Partial<Behaviour>]>([
    ['is not heeded', { ignores: { orderby: 'all' } }],
    ['is not heeded, and nothing is counted', { ignores: { orderby: 'all', count: 'all' } }],
  ])('where order %s, though no short page shows it', async (_case, behaviour) => {
    for (let seed = 100; seed < 109; seed += 1) account.live({ seed, edits: 25, reach: 'whole' });
    served.simulator.behave({ ...behaviour, pageCap: 23 });
    await copies(newPair(), [/\/LeadStages: the API ignores the orderby/]);
  });

  const sets = ['Leads', 'LeadsAndPersons', 'LeadsCustomFields', 'Meetings', 'sdrs', 'painPoints'];

  it.each<['rejects' | 'ignores', RegExp]>([
    ['rejects', /\/LeadsAndPersons: the API rejects the key filter/],
    ['ignores', /\/LeadsAndPersons: the API ignores the key filter/],
  ])('by a server that %s every filter, and then what changed', async (how, warning) => {
    served.simulator.behave({ [how]: { filter: sets }, pageCap: 200 });
    const pair = newPair();
    await copies(pair, [warning]);
    account.live({ seed: 4, edits: 30 });
    await copies(pair, [/the (?:date|key) filter/]);
  });

  it('by small pages of a set that is slow', async () => {
    served.simulator.behave({ slowSets: { LeadsCustomFields: { rows: 130, ms: 3000 } } });
    await copies(newPair({ request_timeout_seconds: 1.5 }), [
      /\/LeadsCustomFields: the request timed out; requesting 125 rows at a time/,
    ]);
  });
});

it('takes no box as deleted where the server refuses dates and so hides old ones', async () => {
  const pair = newPair();
  await copies(pair);
  served.simulator.behave({ rejects: { filter: ['Boxes'] } });
  await copies(pair, [/\/Boxes: without a date filter the API hides old rows/]);
});

it.each<['missing' | 'forbidden', number]>([
  ['missing', 404],
  ['forbidden', 403],
])('goes on without a set that is %s, and says so', async (how, status) => {
  served.simulator.behave({ [how]: ['painPoints', 'Tasks'] });
  const pair = newPair();
  const { tap, target } = await pair.run();
  expect(tap.code).toBe(1);
  expect(target.code, target.stderr).toBe(0);
  expect(tap.stderr).toContain(`GET /painPoints answered ${status}`);
  expect(tap.stderr).toContain('Could not read all rows of');
  const failed = /^(?:painpoints|tasks)/;
  expect(differences(pair.database, account).filter((line) => !failed.test(line))).toEqual([]);

  served.simulator.reset();
  await copies(pair);
});

it('ends at once, in one sentence, when the token is refused', async () => {
  const pair = newPair({ api_token: 'another-canary' });
  const { tap } = await pair.run();
  expect(tap.code).toBe(1);
  expect(tap.stderr.match(/CRITICAL.*/g)).toEqual([
    expect.stringMatching(/GET \/\w+ answered 401: the token is missing or wrong/),
  ]);
  expect(tap.stderr).not.toContain('another-canary');
  expect(served.simulator.requests.length).toBeLessThanOrEqual(4);
});
