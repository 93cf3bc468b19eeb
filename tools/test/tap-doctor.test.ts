import { millisecondsInHour, millisecondsInMinute } from 'date-fns/constants';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ended, type Ended, startProgram } from '@exact-spotter/testing';
import { Pair } from './pair.ts';
import { createAccount, startSimulator, type Simulator } from '@exact-spotter/simulator';

const TOKEN = 'canary-token';
const account = createAccount({ seed: 11, leads: 1500 });
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ account, token: TOKEN });
});

beforeEach(() => simulator.reset());

afterAll(() => simulator.stop());

const IGNORED = { date_filter: 'ignored', key_filter: 'ignored', and: 'ignored' };
const REFUSED = { date_filter: 'refused', key_filter: 'refused', and: 'refused' };

type Behaviour = Parameters<Simulator['behave']>[0];

interface Report {
  readonly sets: readonly (Readonly<Record<string, unknown>> & { readonly set: string })[];
}

async function doctor(
  settings: object = {},
  args: readonly string[] = ['--format', 'json'],
  url = simulator.url,
): Promise<Ended> {
  const base = { api_token: TOKEN, api_url: url, quota_requests: 10_000, max_retries: 0 };
  const pair = new Pair({ ...base, ...settings });
  const child = startProgram('tap-exactsales', [
    ...['doctor', ...args, '--config'],
    pair.write('tap.json', { ...base, ...settings }),
  ]);
  return ended(child, '');
}

/** Returns the part of the JSON report about one set. */
async function report(set: string, settings: object = {}): Promise<unknown> {
  const { stdout } = await doctor(settings);
  return (JSON.parse(stdout) as Report).sets.find((found) => found.set === set);
}

describe('doctor with the documented API', () => {
  it('reports no difference and sends few requests', async () => {
    const { code, stdout } = await doctor();
    const { sets } = JSON.parse(stdout) as Report;
    expect(code).toBe(0);
    expect(sets).toHaveLength(18);
    expect(sets.flatMap(({ streams }) => streams)).toHaveLength(23);
    expect(sets.filter(({ differences }) => String(differences) !== '')).toEqual([]);
    expect(sets).toContainEqual(
      expect.objectContaining({
        set: '/Leads',
        rows: 1500,
        date_filter: 'yes',
        key_filter: 'yes',
        and: 'yes',
        order: 'yes',
        select: 'yes',
        top: 'yes',
        count_inline: 'yes',
      }),
    );
    // Three of these requests look for rows without a date and for the newest call.
    expect(simulator.requests.length).toBeLessThanOrEqual(85);
  });

  it('prints a table that ends with the next step', async () => {
    const { code, stdout } = await doctor({}, []);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^set +reachable +rows +date filter/);
    expect(stdout).toMatch(/^\/Leads +yes +1500 +yes +yes +yes +yes +yes +always +500 +\d+$/m);
    expect(stdout).toMatch(/Everything is as expected\.\n$/);
  });
});

describe('doctor with an API that differs', () => {
  it.each<[string, Behaviour, string, object]>([
    ['ignores filters', { ignores: { filter: 'all' } }, '/Leads', IGNORED],
    ['refuses filters', { rejects: { filter: ['Leads'] } }, '/Leads', REFUSED],
    ['ignores the order', { ignores: { orderby: ['Losts'] } }, '/Losts', { order: 'ignored' }],
    ['refuses the order', { rejects: { orderby: ['Losts'] } }, '/Losts', { order: 'refused' }],
    ['ignores $select', { ignores: { select: 'all' } }, '/sdrs', { select: 'ignored' }],
    ['refuses $select', { rejects: { select: 'all' } }, '/sdrs', { select: 'refused' }],
    ['ignores $top', { ignores: { top: 'all' } }, '/Tasks', { top: 'ignored' }],
    ['ignores $count', { ignores: { count: 'all' } }, '/Tasks', { count_inline: 'ignored' }],
    [
      'refuses $count',
      { rejects: { count: 'all' } },
      '/Tasks',
      { count_inline: 'refused', rows: null },
    ],
    ['links only to further pages', { nextLink: 'whenMore' }, '/Leads', link('when more follows')],
    ['has no next links', { nextLink: 'never' }, '/Leads', link('never')],
    [
      'links back to the same page',
      { nextLink: 'loop' },
      '/Leads',
      link('always', { leads_back: true }),
    ],
    [
      'links to another host',
      { nextLink: 'otherHost' },
      '/Leads',
      link('always', { leads_to_another_host: true }),
    ],
    [
      'drops $top in next links',
      { nextLinkKeepsTop: false },
      '/Leads',
      link('always', { keeps_top: false }),
    ],
    ['limits the page size', { pageCap: 100 }, '/Leads', page({ asked: 500, cap: 100 })],
    [
      'is too slow for large pages',
      { slowSets: { LeadsCustomFields: { rows: 130, ms: 4000 } } },
      '/LeadsCustomFields',
      page({ asked_in_time: 125 }),
    ],
    [
      'changes the order of rows with equal keys',
      { tieOrder: 'shuffled' },
      '/painPoints',
      { ties: 'changing' },
    ],
    [
      'counts only the rows of a page',
      { countsPage: 'all' },
      '/Leads',
      {
        count_inline: 'the page',
        differences: ['The count in a page counts only the rows of the page.'],
      },
    ],
    ['has no next links with $top', { nextLink: 'withoutTop' }, '/Leads', link('never')],
    [
      'omits leads without persons',
      { omitsLeadsWithoutPersons: true },
      '/LeadsAndPersons',
      {
        differences: [
          expect.stringMatching(/^This set has \d+ rows, but \/Leads has 1500\. Unless/),
        ] as unknown,
      },
    ],
    [
      'filters rows without a date',
      {},
      '/Tasks',
      { undated: { filter: 'yes', rows: expect.any(Number) as unknown } },
    ],
    [
      'rejects a filter for rows without a date',
      { nullFilter: 'rejected' },
      '/Tasks',
      { undated: { filter: 'refused', rows: null } },
    ],
    [
      'ignores a filter for rows without a date',
      { nullFilter: 'ignored' },
      '/Tasks',
      { undated: { filter: 'ignored', rows: null } },
    ],
    [
      'answers custom fields only in slices',
      { sliceOnly: { LeadsCustomFields: { ms: 4000 } } },
      '/LeadsCustomFields',
      { reachable: false, a_run: 'reads it in slices' },
    ],
    [
      'lacks an optional set',
      { missing: ['Funnels'] },
      '/Funnels',
      { a_run: 'continues without it' },
    ],
    ['does not hide boxes', { hiddenBoxWindow: false }, '/Boxes', { hides_without_date: false }],
    ['lacks a set', { missing: ['painPoints'] }, '/painPoints', { reachable: false }],
    ['forbids a set', { forbidden: ['painPoints'] }, '/painPoints', { reachable: false }],
  ])('reports an API that %s', async (_, behaviour, set, expected) => {
    simulator.behave(behaviour);
    expect(await report(set, { request_timeout_seconds: 1 })).toMatchObject(expected);
  });

  it('reports how long a page takes', async () => {
    simulator.behave({ latencyMs: (set) => (set === 'Tasks' ? 200 : 0) });
    const { stdout } = await doctor();
    const took = (JSON.parse(stdout) as Report).sets.map(({ set, page: of }) => [set, of] as const);
    const slow = took.filter(([, of]) => (of as { milliseconds: number }).milliseconds >= 200);
    expect(slow.map(([set]) => set)).toEqual(['/Tasks']);
  });

  it('never sends the token to another host', async () => {
    simulator.behave({ nextLink: 'otherHost' });
    await doctor();
    expect(simulator.decoyRequests).toEqual([]);
  });

  it('reports expected behaviour as expected', async () => {
    expect(await report('/Leads')).toMatchObject({
      ...link('always', { keeps_top: true, leads_back: false, leads_to_another_host: false }),
      ...page({ asked: 500, cap: 500, asked_in_time: 500 }),
    });
    expect(await report('/painPoints')).toMatchObject({ ties: 'steady' });
    expect(await report('/Boxes')).toMatchObject({ hides_without_date: true });
  });
});

describe('doctor with unusual rows', () => {
  it('reports the field spellings and formats', async () => {
    const other = createAccount({
      seed: 3,
      leads: 300,
      shapes: {
        ...{ painPointKey: 'painPoint.id', messagingId: 'idMessagingPlataform', zone: 'none' },
        ...{ unknownFields: true, groupList: 'objects' },
      },
    });
    other.change('Losts', () => true, { date: 'someday', reason: 'a secret reason' });
    for (const { id } of other.rows('industries')) {
      other.change('industries', Number(id), (row) => ({ ...row, active: undefined }));
    }
    const served = await startSimulator({ account: other, token: TOKEN });
    const { stdout, stderr } = await doctor({}, undefined, served.url);
    await served.stop();
    const sets = new Map((JSON.parse(stdout) as Report).sets.map((found) => [found.set, found]));
    expect(sets.get('/painPoints')).toMatchObject({
      fields: {
        spellings: { 'painpoints.painpoint_id': ['painPoint.id'] },
        unknown: ['novoCampo', 'novoObjeto', 'novaLista'],
      },
    });
    expect(sets.get('/LeadsAndPersons')).toMatchObject({
      fields: {
        spellings: {
          'leadspersons__persons.persons_idmessagingplatform': ['idMessagingPlataform'],
        },
      },
    });
    expect(sets.get('/Tasks')).toMatchObject({ fields: { zones: { 'tasks.duedate': ['none'] } } });
    expect(sets.get('/sdrs')).toMatchObject({
      fields: { lists: { 'sdrs.grouplist': ['objects'] } },
    });
    expect(sets.get('/Losts')).toMatchObject({ fields: { misfits: ['losts.date'] } });
    expect(sets.get('/industries')).toMatchObject({ fields: { missing: ['industries.active'] } });
    expect(stdout + stderr).not.toMatch(/someday|a secret reason/);
  });
});

describe('doctor with an account that cannot be read', () => {
  it('ends with exit code 1 when a set cannot be read, and reports all remaining sets', async () => {
    simulator.behave({ missing: ['Tasks'], forbidden: ['painPoints'] });
    const { code, stdout, stderr } = await doctor({}, []);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^\/Tasks +no$/m);
    expect(stdout).toMatch(/^\/LeadsCustomFields +yes/m);
    expect(stdout).toMatch(/GET \/painPoints answered 403: the token does not have access/);
    expect(stderr).toMatch(/CRITICAL \/Tasks, \/painPoints cannot be read; see the report\.\n$/);
  });

  it.each([
    ['a wrong token', { api_token: 'wrong-canary' }, 'answered 401: the token is missing or wrong'],
    ['an unreachable host', { api_url: 'http://127.0.0.1:9' }, 'check api_url'],
  ])('prints one error message for %s', async (_, settings, sentence) => {
    const { code, stdout, stderr } = await doctor(settings);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('wrong-canary');
  });

  it('refuses an unknown format', async () => {
    const { code, stderr } = await doctor({}, ['--format', 'markdown']);
    expect(code).toBe(2);
    expect(stderr).toContain('--format text or --format json');
  });
});

it('doctor never prints the token or a record value', async () => {
  const values = account.rows('Leads').flatMap((row) => [row['lead'], row['cnpj'], row['phone1']]);
  for (const args of [[], ['--format', 'json']]) {
    const { stdout, stderr } = await doctor({}, args);
    expect(stdout + stderr).not.toContain(TOKEN);
    const said = values.filter((value) => typeof value === 'string' && stdout.includes(value));
    expect(said).toEqual([]);
  }
});

function link(stands: string, more: object = {}): object {
  return { next_link: { stands, ...more } };
}

function page(expected: object): object {
  return { page: expected };
}

describe('doctor', () => {
  const clock = async (
    text: (ago: number) => string,
    settings: object = {},
    behaviour: Behaviour = {},
  ): Promise<Readonly<Record<string, unknown>>> => {
    const account = createAccount({ seed: 44, leads: 20 });
    account.change('callsHistory', () => true, { startDate: '2026-01-05T12:00:00Z' });
    account.add('callsHistory', { startDate: text(10 * millisecondsInMinute) });
    const other = await startSimulator({ account, token: TOKEN, behaviour });
    const { stdout } = await doctor(settings, ['--format', 'json'], other.url);
    await other.stop();
    const found = (JSON.parse(stdout) as Report).sets.find(({ set }) => set === '/callsHistory');
    return { ...(found?.['clock'] as object), differences: found?.['differences'] };
  };
  const utc = (ago: number): string => `${new Date(Date.now() - ago).toISOString().slice(0, 19)}Z`;
  const wall = (ago: number): string => utc(ago + 3 * millisecondsInHour);

  it('infers UTC from a call ten minutes ago', async () => {
    expect(await clock(utc)).toMatchObject({ fits: 'utc', minutes_ago_utc: 10, differences: [] });
    expect(await clock(utc, { calls_clock: 'wall' })).toMatchObject({
      differences: ['The newest date fits "utc": change calls_clock from wall to utc.'],
    });
  });

  it('infers probable wall-clock time from a call that is recent only in that time', async () => {
    expect(await clock(wall)).toMatchObject({
      ...{ fits: 'probably wall', minutes_ago_utc: 190, minutes_ago_wall: 10 },
      differences: ['The newest date fits "probably wall": change calls_clock from utc to wall.'],
    });
  });

  it('compares call dates with the server’s clock, even if that clock is ahead', async () => {
    const hour = millisecondsInHour;
    const behaviour = { quota: { requests: 10_000, seconds: 1, clockOffsetSeconds: 3600 } };
    const found = await clock((ago) => wall(ago - hour), { calls_clock: 'wall' }, behaviour);
    expect(found).toMatchObject({ fits: 'probably wall', differences: [] });
  });

  it('infers no clock from old calls', async () => {
    expect(await clock(() => '2026-01-06T12:00:00Z')).toMatchObject({
      ...{ fits: 'not told', differences: [] },
    });
  });
});

it('doctor reports all differences that occur at once, and exits with 0', async () => {
  simulator.behave({
    ...{ countsPage: 'all', nextLink: 'withoutTop', omitsLeadsWithoutPersons: true },
    ...{ nullFilter: 'rejected', callsClock: 'wall', missing: ['Funnels'] },
  });
  const { code, stdout } = await doctor({}, []);
  expect(code).toBe(0);
  for (const text of [
    'The count in a page counts only the rows of the page.',
    'The API cannot filter by a missing date',
    'this set omits leads without persons',
    'This account does not have the set. A run continues without it.',
    '"No date" (year 1), read as null: ',
  ]) {
    expect(stdout).toContain(text);
  }
});
