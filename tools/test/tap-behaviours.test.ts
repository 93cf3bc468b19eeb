import { describe, expect, it } from 'vitest';
import { differences } from '../src/oracle/compare.ts';
import type { Pair } from './pair.ts';
import type { Behaviour } from '@exact-spotter/simulator';
import { serveAccount } from './served-account.ts';

const served = serveAccount({ seed: 21, leads: 700 });
const { account, newPair } = served;

async function copies(pair: Pair, warnings: readonly RegExp[] = []): Promise<void> {
  const { tap } = await served.copies(pair);
  for (const warning of warnings) expect(tap.stderr).toMatch(warning);
  if (warnings.length === 0) expect(tap.stderr).not.toContain('WARNING');
}

describe('an account is copied completely', () => {
  const cases: [string, Partial<Behaviour>, RegExp[]?][] = [
    ['when pages have 100 rows', { pageCap: 100 }],
    [
      'when pages have 23 rows and rows with equal dates change order',
      { pageCap: 23, tieOrder: 'shuffled' },
    ],
    ['when pages are longer than requested', { pageCap: 900, ignores: { top: 'all' } }],
    ['when a page has a next link only if more rows follow', { nextLink: 'whenMore' }],
    ['when no page has a next link', { nextLink: 'never' }],
    ['when next links lead back to their own page', { nextLink: 'loop' }],
    ['when next links lead to another host', { nextLink: 'otherHost' }],
    ['when next links drop the page size', { nextLinkKeepsTop: false }],
    ['when the server ignores $count', { ignores: { count: 'all' } }],
    [
      'when the server rejects $count and pages have 100 rows',
      { rejects: { count: 'all' }, pageCap: 100 },
      [/rejects the count/],
    ],
    [
      'when the server rejects $orderby',
      { rejects: { orderby: 'all' } },
      [/\/Leads\S* the API rejects the orderby/],
    ],
    [
      'when the server ignores $orderby',
      { ignores: { orderby: 'all' } },
      [/the API ignores the orderby/],
    ],
    ['when the server rejects OR in filters', { orClause: 'rejected' }],
    ['when responses are not compressed', { gzip: false }],
  ];

  it.each(cases)('%s', async (_case, behaviour, warnings) => {
    served.simulator.behave(behaviour);
    await copies(newPair(), warnings);
    expect(served.simulator.decoyRequests).toEqual([]);
  });

  // Each short page is in order, but rows that belong between these pages are at the end of the set.
  it.each<[string, Partial<Behaviour>]>([
    ['$orderby', { ignores: { orderby: 'all' } }],
    ['$orderby and $count', { ignores: { orderby: 'all', count: 'all' } }],
  ])('when the server ignores %s, although no page is out of order', async (_case, behaviour) => {
    for (let seed = 100; seed < 109; seed += 1) account.live({ seed, edits: 25, scope: 'whole' });
    served.simulator.behave({ ...behaviour, pageCap: 23 });
    await copies(newPair(), [/\/LeadStages: the API ignores the orderby/]);
  });

  const sets = ['Leads', 'LeadsAndPersons', 'LeadsCustomFields', 'Meetings', 'sdrs', 'painPoints'];

  it.each<['rejects' | 'ignores', RegExp]>([
    ['rejects', /\/LeadsAndPersons: the API rejects the key filter/],
    ['ignores', /\/LeadsAndPersons: the API ignores the key filter/],
  ])('when the server %s every filter, even after edits', async (how, warning) => {
    served.simulator.behave({ [how]: { filter: sets }, pageCap: 200 });
    const pair = newPair();
    await copies(pair, [warning]);
    account.live({ seed: 4, edits: 30 });
    await copies(pair, [/the (?:date|key) filter/]);
  });

  it('in smaller pages when a set is slow', async () => {
    served.simulator.behave({ slowSets: { LeadsCustomFields: { rows: 130, ms: 3000 } } });
    await copies(newPair({ request_timeout_seconds: 1.5 }), [
      /\/LeadsCustomFields: the request timed out; requesting 125 rows at a time/,
    ]);
  });
});

it('boxes that the server hides without a date filter are not marked as deleted', async () => {
  const pair = newPair();
  await copies(pair);
  served.simulator.behave({ rejects: { filter: ['Boxes'] } });
  await copies(pair, [/\/Boxes: without a date filter the API hides old rows/]);
});

it.each<['missing' | 'forbidden', number]>([
  ['missing', 404],
  ['forbidden', 403],
])('the tap logs that a set is %s and continues without it', async (how, status) => {
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

it('the tap ends at once with one error message when the token is refused', async () => {
  const pair = newPair({ api_token: 'another-canary', concurrency: 4 });
  const { tap } = await pair.run();
  expect(tap.code).toBe(1);
  expect(tap.stderr.match(/CRITICAL.*/g)).toEqual([
    expect.stringMatching(/GET \/\w+ answered 401: the token is missing or wrong/),
  ]);
  expect(tap.stderr).not.toContain('another-canary');
  expect(served.simulator.requests.length).toBeLessThanOrEqual(4);
});
