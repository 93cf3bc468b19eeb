import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ended, type Ended, startProgram } from '@exact-spotter/testing';
import { Pair } from './pair.ts';
import { createAccount, startSimulator, type Simulator } from '@exact-spotter/simulator';

const TOKEN = 'canary-token';
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({
    account: createAccount({ seed: 8, leads: 700 }),
    token: TOKEN,
  });
});

beforeEach(() => simulator.reset());

afterAll(() => simulator.stop());

async function tap(settings: object): Promise<Ended> {
  const base = { api_token: TOKEN, api_url: simulator.url, quota_requests: 10_000 };
  const pair = new Pair(base);
  const child = startProgram('tap-exactsales', [
    '--config',
    pair.write('tap.json', { ...base, ...settings }),
  ]);
  return ended(child, '');
}

function counts(): string[] {
  return simulator.requests.map(({ path }) => path).filter((path) => path.endsWith('/$count'));
}

it('by default, the tap requests only the lead count, to compare it with leads and persons', async () => {
  expect(await tap({})).toMatchObject({ code: 0 });
  expect(counts()).toEqual(['/Leads/$count']);
});

it.each([
  ['by key', {}],
  ['in small pages', { pageCap: 90 }],
  ['by position', { ignores: { filter: 'all', orderby: 'all' } }],
] as const)(
  'reconcile requests one count per complete read %s and logs nothing if they agree',
  async (_, behaviour) => {
    simulator.behave(behaviour);
    const { code, stderr } = await tap({ reconcile: true });
    expect(code, stderr).toBe(0);
    // Leads and their contacts are read together, after their counts have been compared.
    const sets = counts().filter((path) => path !== '/Leads/$count');
    expect(sets).toHaveLength(17);
    expect(new Set(sets).size).toBe(17);
    expect(stderr).not.toContain('the API counts');
  },
);

it('reconcile logs both numbers when the number of rows read differs from the count', async () => {
  const stop = simulator.beforeResponse(({ path }) => {
    if (path === '/sdrs') simulator.account.remove('sdrs', 415_000);
  });
  const read = simulator.account.count('sdrs');
  const { code, stderr } = await tap({ reconcile: true });
  stop();
  expect(code).toBe(0);
  expect(stderr).toContain(`/sdrs: ${read} rows were read, but the API counts ${read - 1}.`);
  expect(stderr.match(/the API counts/g)).toHaveLength(1);
});

it('reconcile counts rows only once when they are read again', async () => {
  const account = createAccount({ seed: 8, leads: 20 });
  const [lead] = account.rows('Leads');
  for (let at = 0; at < 8; at += 1) account.add('LeadStages', { leadId: lead?.['id'] });
  const served = await startSimulator({ account, token: TOKEN, behaviour: { pageCap: 4 } });
  // If a row changes while the tap reads the pages of a lead's rows, the tap reads that lead again.
  let changes = 0;
  served.beforeResponse(({ path, query }) => {
    if (path !== '/LeadStages' || query['$skip'] === undefined || changes > 1) return;
    changes += 1;
    account.change('LeadStages', (row) => row['leadId'] === lead?.['id'], { cycle: changes });
  });
  const { code, stderr } = await tap({ reconcile: true, api_url: served.url });
  await served.stop();
  expect(code, stderr).toBe(0);
  expect(changes).toBe(2);
  expect(stderr).not.toContain('the API counts');
});

it('reconcile continues when the API rejects the count', async () => {
  simulator.behave({ rejects: { count: ['stages'] } });
  const { code, stderr } = await tap({ reconcile: true });
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/\/stages: \d+ rows were read, but the API returns no count to compare/);
});
