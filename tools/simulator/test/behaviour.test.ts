import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAccount, startSimulator, type Simulator } from '../src/index.ts';
import { get, isPending, page, TOKEN, type Envelope, type Row } from './client.ts';
import { mostShared } from './values.ts';

const NOW = Date.UTC(2026, 8, 10, 12);
const account = createAccount({ seed: 3, leads: 700, now: NOW });
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ account, token: TOKEN });
});
afterAll(() => simulator.stop());
beforeEach(() => simulator.reset());
afterEach(() => vi.restoreAllMocks());

const rows = (set: string): readonly Row[] => account.rows(set);

describe('the server', () => {
  it('refuses unknown sets, requests without the token, and methods other than GET', async () => {
    expect((await get(simulator, '/Leads')).status).toBe(200);
    expect((await get(simulator, '/Nothing')).status).toBe(404);
    expect((await fetch(`${simulator.url}/Leads`)).status).toBe(401);
    const wrong = { headers: { token_exact: 'wrong' } };
    expect((await fetch(`${simulator.url}/Leads`, wrong)).status).toBe(401);
    const post = { method: 'POST', headers: { token_exact: TOKEN } };
    expect((await fetch(`${simulator.url}/Leads`, post)).status).toBe(405);
    const statuses = simulator.requests.map(({ status }) => status);
    expect(statuses).toEqual([200, 404, 401, 401, 405]);
  });

  it('does not record the token', async () => {
    await get(simulator, '/Leads', { $top: 1 });
    expect(simulator.requests).toMatchObject([{ path: '/Leads', query: { $top: '1' }, rows: 1 }]);
    expect(JSON.stringify(simulator.requests)).not.toContain(TOKEN);
  });

  it('describes its sets in $metadata', async () => {
    const metadata = await (await get(simulator, '/$metadata')).text();
    for (const set of account.sets.keys()) {
      expect(metadata).toContain(`<EntitySet Name="${set}" EntityType="V3.${set}ODataDTO"/>`);
      expect(metadata).toContain(`<EntityType Name="${set}ODataDTO">`);
    }
  });

  it('lets a watcher edit the account before or after its rows are read', async () => {
    const before = account.count('Leads');
    const newRows = async (): Promise<number> =>
      (await page(simulator, '/Leads', { $skip: before })).value.length;
    const end = simulator.onRequest(() => account.add('Leads'));
    expect(await newRows()).toBe(1);
    end();
    const endAfter = simulator.beforeResponse(() => account.add('Leads'));
    expect(await newRows()).toBe(1);
    endAfter();
    expect(await newRows()).toBe(2);
  });
});

describe('the configured server', () => {
  it.each([
    ['always', [true, true]],
    ['whenMore', [true, false]],
    ['never', [false, false]],
  ] as const)(
    'links to the next page if the option nextLink says so: %s',
    async (nextLink, wanted) => {
      simulator.behave({ nextLink });
      const first = await page(simulator, '/Leads', { $orderby: 'id' });
      const last = await page(simulator, '/Leads', { $filter: 'id eq 999999999' });
      expect([first, last].map((one) => '@odata.nextLink' in one)).toEqual(wanted);
    },
  );

  it('repeats the query in the link to the next page', async () => {
    const first = await page(simulator, '/Leads', { $filter: "city ne 'd''x'", $top: 20 });
    const link = first['@odata.nextLink'] ?? '';
    const options = { $filter: "city ne 'd''x'", $top: '20', $skip: '20' };
    expect(Object.fromEntries(new URL(link).searchParams)).toEqual(options);
    const response = await fetch(link, { headers: { token_exact: TOKEN } });
    expect(((await response.json()) as Envelope).value).toEqual(rows('Leads').slice(20, 40));
  });

  it('links from a later page to the next page', async () => {
    const later = await page(simulator, '/Leads', { $top: 20, $skip: 40 });
    const { searchParams } = new URL(later['@odata.nextLink'] ?? '');
    expect(Object.fromEntries(searchParams)).toEqual({ $top: '20', $skip: '60' });
  });

  it('links to the same page again with nextLink: loop', async () => {
    simulator.behave({ nextLinkKeepsTop: false, nextLink: 'loop' });
    const link = (await page(simulator, '/Leads', { $top: 20 }))['@odata.nextLink'] ?? '';
    expect(new URL(link).searchParams.toString()).toBe('%24skip=0');
  });

  it.each([
    [400, '/Leads', { $filter: 'id gt 0' }],
    [400, '/Leads/$count', {}],
    [400, '/Meetings', { $filter: 'id eq 1 or id eq 2' }],
    [404, '/painpoints', {}],
    [403, '/losts', {}],
  ] as const)('answers with %i if its behaviour says so: %s %j', async (status, path, query) => {
    expect((await get(simulator, path, query)).status).toBe(200);
    simulator.behave({
      rejects: { filter: ['Leads'], count: 'all' },
      orClause: 'rejected',
      missing: ['painPoints'],
      forbidden: ['Losts'],
    });
    expect((await get(simulator, path, query)).status).toBe(status);
    expect((await get(simulator, '/Leads', { $orderby: 'id' })).status).toBe(200);
  });

  it('accepts $count=false even if it rejects $count', async () => {
    simulator.behave({ rejects: { count: 'all' } });
    expect((await get(simulator, '/Leads', { $count: 'true' })).status).toBe(400);
    expect((await get(simulator, '/Leads', { $count: 'false' })).status).toBe(200);
  });

  it('compresses pages unless gzip is false', async () => {
    const encoding = async (): Promise<string | null> =>
      (await get(simulator, '/Leads')).headers.get('content-encoding');
    expect(await encoding()).toBe('gzip');
    simulator.behave({ gzip: false });
    expect(await encoding()).toBeNull();
  });

  it('ignores the options that ignores lists', async () => {
    simulator.behave({
      ignores: { orderby: ['Leads'], filter: ['Tasks'], top: ['Tasks'] },
      pageCap: 100,
    });
    const ordered = await page(simulator, '/Leads', { $orderby: 'id desc', $top: 500 });
    expect(ordered.value).toEqual(rows('Leads').slice(0, 100));
    const unfiltered = await page(simulator, '/Tasks', { $filter: 'id eq 1', $top: 3 });
    expect(unfiltered.value).toEqual(rows('Tasks').slice(0, 100));
  });

  it('orders rows with equal keys differently each time with tieOrder: shuffled', async () => {
    const $filter = `updateDate eq ${mostShared(rows('Leads'), 'updateDate')}`;
    const ids = async (): Promise<unknown[]> => {
      const { value } = await page(simulator, '/Leads', { $filter, $orderby: 'updateDate' });
      return value.map((row) => row['id']);
    };
    expect(await ids()).toEqual(await ids());
    simulator.behave({ tieOrder: 'shuffled' });
    const [one, other] = [await ids(), await ids()];
    expect(one.length).toBeGreaterThan(100);
    expect(one).not.toEqual(other);
    expect(one.toSorted()).toEqual(other.toSorted());
  });

  it('delays the responses of a set by latencyMs', async () => {
    simulator.behave({ latencyMs: (set) => (set === 'Leads' ? 80 : 0) });
    const started = performance.now();
    await page(simulator, '/Leads');
    expect(performance.now() - started).toBeGreaterThan(70);
  });

  it('does not delay the responses of other sets', async () => {
    const controller = new AbortController();
    simulator.behave({ latencyMs: (set) => (set === 'Leads' ? 3_600_000 : 0) });
    const delayed = get(simulator, '/Leads', {}, controller.signal);
    await vi.waitFor(() => expect(simulator.requests).toHaveLength(1), { timeout: 30_000 });
    expect((await page(simulator, '/Tasks')).value.length).toBeGreaterThan(0);
    expect(await isPending(delayed)).toBe(true);
    controller.abort();
    await expect(delayed).rejects.toThrow();
  });

  it('delays the large pages of slowSets', async () => {
    simulator.behave({ slowSets: { LeadsCustomFields: { rows: 50, ms: 150 } } });
    const started = performance.now();
    await page(simulator, '/LeadsCustomFields', { $top: 51 });
    expect(performance.now() - started).toBeGreaterThan(140);
  });

  it('does not delay the small pages of slowSets', async () => {
    const controller = new AbortController();
    simulator.behave({ slowSets: { LeadsCustomFields: { rows: 50, ms: 3_600_000 } } });
    const delayed = get(simulator, '/LeadsCustomFields', { $top: 51 }, controller.signal);
    await vi.waitFor(() => expect(simulator.requests).toHaveLength(1), { timeout: 30_000 });
    expect((await page(simulator, '/leadscustomfields', { $top: 50 })).value).toHaveLength(50);
    expect(await isPending(delayed)).toBe(true);
    controller.abort();
    await expect(delayed).rejects.toThrow();
  });
});

describe('the rate limit', () => {
  /** The clock that the rate limit uses. */
  let clock = 0;
  beforeEach(() => {
    clock = 1_000_000;
    vi.spyOn(performance, 'now').mockImplementation(() => clock);
  });

  const statuses = async (times: number): Promise<number[]> =>
    Promise.all(Array.from({ length: times }, async () => (await get(simulator, '/Leads')).status));

  it('admits up to N requests in any window', async () => {
    simulator.behave({ quota: { requests: 5, seconds: 10 } });
    expect((await statuses(8)).toSorted()).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
    clock += 9999;
    expect(await statuses(1)).toEqual([429]);
    clock += 2;
    expect(await statuses(6)).toEqual(expect.arrayContaining([200, 429]));
  });

  it('reports the maximum number of requests in a window and the number of refused requests', async () => {
    simulator.behave({ quota: { requests: 5, seconds: 10 } });
    await statuses(8);
    clock += 10_001;
    expect(await statuses(5)).toEqual([200, 200, 200, 200, 200]);
    expect(simulator.quota).toEqual({ maxInWindow: 8, answered429: 3 });
    simulator.behave({ quota: { requests: 5, seconds: 10 } });
    expect(simulator.quota).toEqual({ maxInWindow: 0, answered429: 0 });
  });

  it.each([
    [{}, '2'],
    [{ retryAfter: 'seconds' }, '2'],
    [{ retryAfter: 7 }, '7'],
    [{ retryAfter: 'none' }, null],
  ] as const)('sends the seconds to wait in Retry-After with %j', async (form, retryAfter) => {
    simulator.behave({ quota: { requests: 1, seconds: 2, ...form } });
    expect(await statuses(1)).toEqual([200]);
    clock += 700;
    const { status, headers } = await get(simulator, '/Leads');
    expect(status).toBe(429);
    expect(headers.get('retry-after')).toBe(retryAfter);
  });

  it("sends the end of the wait as a date according to the server's clock", async () => {
    const quota = {
      requests: 1,
      seconds: 2,
      retryAfter: 'date',
      clockOffsetSeconds: 3600,
    } as const;
    vi.spyOn(Date, 'now').mockReturnValue(NOW);
    simulator.behave({ quota });
    expect(await statuses(1)).toEqual([200]);
    const { headers } = await get(simulator, '/Leads');
    expect(headers.get('date')).toBe('Thu, 10 Sep 2026 13:00:00 GMT');
    expect(headers.get('retry-after')).toBe('Thu, 10 Sep 2026 13:00:02 GMT');
  });

  it('is shared with other integrations', async () => {
    const quota = { requests: 4, seconds: 10 };
    simulator.behave({ quota, foreignUse: { requests: 1, seconds: 1 } });
    clock += 3000;
    expect((await statuses(4)).toSorted()).toEqual([200, 429, 429, 429]);
    simulator.behave({ quota, foreignUse: undefined });
    clock += 3000;
    expect(await statuses(4)).toEqual([200, 200, 200, 200]);
  });
});
