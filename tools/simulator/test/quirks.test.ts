import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAccount, startSimulator, type Simulator } from '../src/index.ts';
import { everyRow, get, isPending, page, TOKEN, type Row } from './client.ts';
import { text } from './values.ts';

const account = createAccount({ seed: 11, leads: 300, now: Date.UTC(2026, 8, 10, 12) });
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ account, token: TOKEN });
});
afterAll(() => simulator.stop());
beforeEach(() => simulator.reset());
afterEach(() => vi.restoreAllMocks());

const rows = (set: string): readonly Row[] => account.rows(set);
const size = (set: string): number => account.count(set);

async function count(path: string, query: Readonly<Record<string, string>> = {}): Promise<number> {
  return Number(await (await get(simulator, `${path}/$count`, query)).text());
}

describe('with countsPage, @odata.count', () => {
  it.each([
    ['the rows of the page', ['leads'], 40],
    ['all rows if the set is not listed', ['Tasks'], 300],
  ])('is the number of %s', async (_case, countsPage, wanted) => {
    simulator.behave({ countsPage });
    const sent = await page(simulator, '/Leads', { $count: 'true', $top: 40 });
    expect(sent['@odata.count']).toBe(wanted);
    expect(await count('/Leads')).toBe(300);
    expect(await page(simulator, '/Leads', { $top: 40 })).not.toHaveProperty(['@odata.count']);
  });
});

describe('with nextLink: withoutTop', () => {
  it.each<[Readonly<Record<string, number>>, boolean]>([
    [{}, true],
    [{ $skip: 250 }, false],
    [{ $top: 50 }, false],
    [{ $top: 100, $skip: 100 }, false],
  ])('the page for %j has a link to the next page: %s', async (query, wanted) => {
    simulator.behave({ nextLink: 'withoutTop', pageCap: 100 });
    const sent = await page(simulator, '/Leads', query);
    expect('@odata.nextLink' in sent).toBe(wanted);
  });
});

describe('the cache', () => {
  let clock = 0;
  beforeEach(() => {
    clock = 1_000_000;
    vi.spyOn(performance, 'now').mockImplementation(() => clock);
  });
  const query = { $orderby: 'id desc', $top: 3 };
  const newest = async (more: object = {}): Promise<unknown> =>
    (await page(simulator, '/Leads', { ...query, ...more })).value[0]?.['id'];

  it('repeats pages and counts for the same URL until they expire', async () => {
    simulator.behave({ cacheSeconds: 60 });
    const [before, counted] = [await newest(), await count('/Leads')];
    const { id: added } = account.add('Leads');
    clock += 59_999;
    expect([await newest(), await count('/Leads')]).toEqual([before, counted]);
    clock += 1;
    expect([await newest(), await count('/Leads')]).toEqual([added, counted + 1]);
    const cached = simulator.requests.map((request) => request.cached === true);
    expect(cached).toEqual([false, false, true, true, false, false]);
  });

  it.each([{ $top: '4' }, { nocache: '1' }, { $skip: '0' }])(
    'does not repeat a page for a URL that differs by %j',
    async (more) => {
      simulator.behave({ cacheSeconds: 60 });
      await newest();
      const { id: added } = account.add('Leads');
      expect(await newest(more)).toBe(added);
    },
  );

  it('covers only the sets in cachedSets', async () => {
    simulator.behave({ cacheSeconds: 60, cachedSets: ['Tasks'] });
    await newest();
    const { id: added } = account.add('Leads');
    expect(await newest()).toBe(added);
    const tasks = await count('/Tasks');
    account.add('Tasks');
    expect(await count('/Tasks')).toBe(tasks);
  });

  it('repeats a wrong page, but not an error', async () => {
    simulator.behave({ cacheSeconds: 60 });
    simulator.faults([{ match: { nth: 1 }, fault: 'mistakenEmptyPage' }]);
    expect([await newest(), await newest()]).toEqual([undefined, undefined]);
    expect(await newest({ again: 1 })).toBeTypeOf('number');
    simulator.faults([{ match: { nth: 1 }, fault: { status: 503 } }]);
    expect((await get(simulator, '/Leads', { $skip: 9 })).status).toBe(503);
    expect((await get(simulator, '/Leads', { $skip: 9 })).status).toBe(200);
  });

  it('is cleared by a reset and by a change of behaviour', async () => {
    for (const clear of [
      (): void => simulator.reset(),
      (): void => simulator.behave({ gzip: false }),
    ]) {
      simulator.behave({ cacheSeconds: 60 });
      await newest();
      const { id: added } = account.add('Leads');
      clear();
      expect(await newest()).toBe(added);
    }
  });
});

describe('options without a $', () => {
  it.each([
    ['/Leads', 400],
    ['/Leads/$count', 400],
    ['/Tasks', 200],
  ])('are ignored or rejected as rejects.custom says: %s', async (path, status) => {
    expect((await get(simulator, path, { x: 1 })).status).toBe(200);
    simulator.behave({ rejects: { custom: ['Leads'] } });
    expect((await get(simulator, path, { x: 1 })).status).toBe(status);
    expect((await get(simulator, path)).status).toBe(200);
  });
});

describe('with omitsLeadsWithoutPersons', () => {
  const withPersons = (): Row[] =>
    rows('LeadsAndPersons').filter(({ persons }) => Array.isArray(persons) && persons.length > 0);

  it.each([
    ['all rows', '', (): boolean => true],
    ['filtered rows', "stage ne 'x'", (): boolean => true],
    ['rows after a key', 'id gt 50000300', (row: Row) => Number(row['id']) > 50_000_300],
  ])('LeadsAndPersons lacks leads without persons: %s', async (_case, $filter, matches) => {
    simulator.behave({ omitsLeadsWithoutPersons: true, pageCap: 70 });
    const query = $filter === '' ? {} : { $filter };
    const wanted = withPersons().filter(matches);
    expect(wanted.length).toBeGreaterThan(0);
    expect(wanted.length).toBeLessThan(rows('LeadsAndPersons').filter(matches).length);
    expect(await everyRow(simulator, '/LeadsAndPersons', { ...query, $orderby: 'id' })).toEqual(
      wanted,
    );
    expect(await count('/LeadsAndPersons', query)).toBe(wanted.length);
    const first = await page(simulator, '/LeadsAndPersons', { ...query, $count: 'true' });
    expect(first['@odata.count']).toBe(wanted.length);
  });

  it('Leads has all leads', async () => {
    simulator.behave({ omitsLeadsWithoutPersons: true });
    expect(await everyRow(simulator, '/Leads')).toEqual(rows('Leads'));
    expect(await count('/Leads')).toBe(size('Leads'));
  });
});

describe('a set in sliceOnly', () => {
  const HOUR = 3_600_000;
  const ids = (amount: number): string =>
    `leadId in (${rows('Leads')
      .slice(0, amount)
      .map(({ id }) => String(id))
      .join(',')})`;

  it.each([
    ['up to 100 leads', ids(100)],
    ['one field', "id eq '_obs'"],
    ['a slice and a further condition', `leadId gt 0 and ${ids(3)}`],
  ])('answers a filter with %s at once', async (_case, $filter) => {
    simulator.behave({ sliceOnly: { LeadsCustomFields: { ms: HOUR } } });
    const { value } = await page(simulator, '/LeadsCustomFields', { $filter });
    expect(value.length).toBeGreaterThan(1);
    expect(await count('/LeadsCustomFields', { $filter })).toBe(value.length);
  });

  it('answers a filter with more than 100 leads with status 400', async () => {
    const query = { $filter: ids(101) };
    expect((await get(simulator, '/LeadsCustomFields', query)).status).toBe(200);
    simulator.behave({ sliceOnly: { LeadsCustomFields: { ms: HOUR } } });
    expect((await get(simulator, '/LeadsCustomFields', query)).status).toBe(400);
  });

  it.each([
    [{ $top: 1 }],
    [{ $filter: 'leadId gt 5' }],
    [{ $filter: `${ids(2)} or id eq '_obs'` }],
    [{ $filter: "id ne '_obs'" }],
  ])('does not answer other requests in time: %j', async (query) => {
    const controller = new AbortController();
    simulator.behave({ sliceOnly: { LeadsCustomFields: { ms: HOUR } } });
    const pending = get(simulator, '/LeadsCustomFields', query, controller.signal);
    await vi.waitFor(() => expect(simulator.requests).toHaveLength(1), { timeout: 30_000 });
    expect((await page(simulator, '/Tasks')).value.length).toBeGreaterThan(0);
    expect(await isPending(pending)).toBe(true);
    controller.abort();
    await expect(pending).rejects.toThrow();
  });
});

describe('a comparison with null', () => {
  const withoutCpf = (): Row[] => rows('Leads').filter(({ cpf }) => cpf === null);
  const $filter = 'cpf eq null';

  it('finds the rows without a value if it is accepted', async () => {
    expect(await everyRow(simulator, '/Leads', { $filter })).toEqual(withoutCpf());
    expect(withoutCpf().length).toBeGreaterThan(0);
    const all = await everyRow(simulator, '/Leads', { $filter: 'closingForecastDate ge null' });
    expect(all).toEqual([]);
  });

  it.each([$filter, `id gt 5 and ${$filter}`, `not (${$filter})`])(
    'is answered with status 400 if it is rejected: %s',
    async (filter) => {
      simulator.behave({ nullFilter: 'rejected' });
      expect((await get(simulator, '/Leads', { $filter: filter })).status).toBe(400);
      expect((await get(simulator, '/Leads', { $filter: 'id gt 5' })).status).toBe(200);
    },
  );

  it.each([
    [$filter, 300],
    [`id lt 50000030 and ${$filter}`, 10],
    [`id lt 50000030 or ${$filter}`, 10],
    [`not (${$filter})`, 300],
  ])('does not affect the rest of the filter if it is ignored: %s', async (filter, wanted) => {
    const fresh = createAccount({ seed: 11, leads: 300 });
    const server = await startSimulator({
      account: fresh,
      token: TOKEN,
      behaviour: { nullFilter: 'ignored' },
    });
    expect(await everyRow(server, '/Leads', { $filter: filter })).toHaveLength(wanted);
    await server.stop();
  });
});

describe('with callsClock: wall', () => {
  const toWall = (value: unknown): unknown =>
    typeof value !== 'string' || value.startsWith('0001')
      ? value
      : `${new Date(Date.parse(value) - 3 * 3_600_000).toISOString().slice(0, 19)}${value.slice(19)}`;
  const wallRows = (): Row[] =>
    rows('callsHistory').map((row) => ({
      ...row,
      startDate: toWall(row['startDate']),
      endDate: toWall(row['endDate']),
    }));

  it.each<[string, (row: Row) => boolean]>([
    ['startDate ge 2026-01-01T00:00:00Z', (row) => text(row['startDate']) >= '2026-01-01'],
    [
      'startDate ge 2026-01-01T00:00:00Z and startDate lt 2026-03-01T00:00:00Z',
      (row) => text(row['startDate']) >= '2026-01-01' && text(row['startDate']) < '2026-03-01',
    ],
    ['day(startDate) eq 7', (row) => text(row['startDate']).slice(8, 10) === '07'],
    ['endDate eq null', (row) => row['endDate'] === null],
    ['id gt 33000100', (row) => Number(row['id']) > 33_000_100],
  ])('call dates have a meaningless Z even in filters: %s', async ($filter, matches) => {
    simulator.behave({ callsClock: 'wall' });
    const wanted = wallRows().filter(matches);
    expect(wanted.length).toBeGreaterThan(0);
    expect(await everyRow(simulator, '/callsHistory', { $filter })).toEqual(wanted);
    expect(await count('/callsHistory', { $filter })).toBe(wanted.length);
  });

  it('dates in other sets are UTC', async () => {
    simulator.behave({ callsClock: 'wall' });
    expect(await everyRow(simulator, '/LeadStages')).toEqual(rows('LeadStages'));
  });
});

describe('a page fault', () => {
  const query = { $count: 'true', $top: 20, $skip: 20, $orderby: 'id' };

  it('pretends that no row matches: mistakenEmptyPage', async () => {
    simulator.faults([{ match: { nth: 1 }, fault: 'mistakenEmptyPage' }]);
    const sent = await page(simulator, '/Leads', query);
    expect(sent).toEqual({
      '@odata.context': expect.any(String) as string,
      '@odata.count': 0,
      value: [],
    });
    const uncounted = await page(simulator, '/Leads', { ...query, $count: 'false' });
    expect(uncounted.value).toHaveLength(20);
  });

  it('sends no count that was not requested: mistakenEmptyPage', async () => {
    simulator.faults([{ match: {}, fault: 'mistakenEmptyPage' }]);
    const sent = await page(simulator, '/Leads', { $top: 20 });
    expect(Object.keys(sent)).toEqual(['@odata.context', 'value']);
  });

  it('sends an error with status 200: errorPage', async () => {
    simulator.faults([{ match: {}, fault: 'errorPage' }]);
    const response = await get(simulator, '/Leads', query);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      error: { code: '', message: 'An error has occurred.' },
      value: [],
    });
  });

  it.each([
    ['rowWithoutKey', 'Leads', 'id', undefined],
    ['keyNull', 'Leads', 'id', null],
    ['keyNull', 'Losts', 'leadId', null],
    ['keyFraction', 'Leads', 'id', 1.5],
    ['keyFraction', 'QualificationHistories', 'leadId', 1.5],
  ] as const)('damages the key of one row: %s in %s', async (fault, set, key, wanted) => {
    const options = { $top: 20, $orderby: 'leadId' in (rows(set)[0] ?? {}) ? 'leadId' : 'id' };
    const { value: right } = await page(simulator, `/${set}`, options);
    simulator.faults([{ match: { set, nth: 1 }, fault }]);
    const { value } = await page(simulator, `/${set}`, options);
    const changed = value.filter((row, at) => row[key] !== right[at]?.[key]);
    expect(changed.map((row) => row[key])).toEqual([wanted]);
  });

  it.each([
    ['LeadsAndPersons', 'persons'],
    ['Tasks', 'contacts'],
    ['Sources', 'subSources'],
  ])('removes the ID of one child row: childWithoutKey in %s', async (set, array) => {
    simulator.faults([{ match: { set, nth: 1 }, fault: 'childWithoutKey' }]);
    const { value } = await page(simulator, `/${set}`);
    const children = value.flatMap((row) => (row[array] as Row[] | null) ?? []);
    expect(children.length).toBeGreaterThan(1);
    expect(children.filter((child) => !('id' in child))).toHaveLength(1);
  });
});
