import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAccount, startSimulator, type Simulator } from '../src/index.ts';
import { everyRow, get, page, TOKEN, type Row } from './client.ts';
import { member, mostShared, text, ticks } from './values.ts';

const NOW = Date.UTC(2026, 8, 10, 12);
const account = createAccount({ seed: 3, leads: 700, now: NOW });
const edited = createAccount({ seed: 3, leads: 700, now: NOW });
edited.live({ seed: 5, edits: 1500, scope: 'whole' });
let simulator: Simulator;
let editedSimulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ account, token: TOKEN });
  editedSimulator = await startSimulator({ account: edited, token: TOKEN });
});
afterAll(() => Promise.all([simulator.stop(), editedSimulator.stop()]));
beforeEach(() => simulator.reset());

const rows = (set: string): readonly Row[] => account.rows(set);
const inner = (row: Row, object: string, name: string): unknown =>
  member(row[object], name) ?? null;

interface Case {
  readonly set: string;
  readonly filter: string;
  /** True if a row matches the filter. The function does not use the simulator's code. */
  readonly matches: (row: Row) => boolean;
}

/** The filters use values from the account, so each filter matches some rows. */
function casesFor(of: typeof account): Case[] {
  const rows = (set: string): readonly Row[] => of.rows(set);
  const lead = rows('Leads')[20] ?? {};
  const shared = mostShared(rows('Leads'), 'updateDate');
  const metLead = inner(rows('Meetings')[7] ?? {}, 'lead', 'id');
  const meetingStart = text(rows('Meetings')[50]?.['startTime']);
  return [
    { set: 'Leads', filter: `id eq ${String(lead['id'])}`, matches: (r) => r['id'] === lead['id'] },
    { set: 'Leads', filter: `Id gt ${String(lead['id'])}`, matches: (r) => above(r, lead) },
    { set: 'Leads', filter: `not (id gt ${String(lead['id'])})`, matches: (r) => !above(r, lead) },
    {
      set: 'Leads',
      filter: `id in (${String(lead['id'])}, 1, 2)`,
      matches: (r) => r['id'] === lead['id'],
    },
    {
      set: 'Leads',
      filter: `updateDate eq ${shared}`,
      matches: (r) => ticks(r['updateDate']) === ticks(shared),
    },
    {
      set: 'Leads',
      filter: `updateDate eq ${shared} and id gt ${String(lead['id'])}`,
      matches: (r) => ticks(r['updateDate']) === ticks(shared) && above(r, lead),
    },
    {
      set: 'Leads',
      filter:
        'updateDate ge 2025-01-31T00:00:00.0000000Z and updateDate lt 2025-03-01T00:00:00-03:00',
      matches: (r) => between(r['updateDate'], '2025-01-31T00:00:00Z', '2025-03-01T03:00:00Z'),
    },
    {
      set: 'Leads',
      filter: `updateDate gt ${text(lead['updateDate'])}`,
      matches: (r) => ticks(r['updateDate']) > ticks(lead['updateDate']),
    },
    {
      set: 'Leads',
      filter: 'year(registerDate) eq 2024 and month(registerDate) eq 5 and day(registerDate) le 9',
      matches: (r) => /^2024-05-0\d/.test(text(r['registerDate'])),
    },
    {
      set: 'Leads',
      filter: "city eq 'Santa Bárbara d''Oeste' or contains(lead,'Ipê')",
      matches: (r) => r['city'] === "Santa Bárbara d'Oeste" || text(r['lead']).includes('Ipê'),
    },
    {
      set: 'Leads',
      filter: "startswith(lead,'Caf') and endswith(lead,'Ipê')",
      matches: (r) => r['lead'] === 'Café Ipê',
    },
    { set: 'Leads', filter: 'cpf ne null', matches: (r) => r['cpf'] !== null },
    { set: 'Leads', filter: "not (website eq 'x')", matches: () => true },
    {
      set: 'Leads',
      filter: 'industry/id gt 247003',
      matches: (r) => Number(inner(r, 'industry', 'id')) > 247_003,
    },
    {
      set: 'Leads',
      filter: 'salesRep/active eq true',
      matches: (r) => inner(r, 'salesRep', 'active') === true,
    },
    {
      set: 'Meetings',
      filter: `lead/id eq ${String(metLead)}`,
      matches: (r) => inner(r, 'lead', 'id') === metLead,
    },
    {
      set: 'Meetings',
      filter: `startTime ge '${meetingStart.slice(0, 10)}' and type ne 'Cancelada'`,
      matches: (r) =>
        text(r['startTime']) >= meetingStart.slice(0, 10) && r['type'] !== 'Cancelada',
    },
    {
      set: 'Boxes',
      filter: 'start ge 2026-09-01T00:00:00Z and leadId eq 0',
      matches: (r) => text(r['start']) >= '2026-09-01' && r['leadId'] === 0,
    },
    { set: 'LeadsCustomFields', filter: "id eq '_obs'", matches: (r) => r['id'] === '_obs' },
    {
      set: 'LeadsSold',
      filter: 'totalDealValue gt 1234.5',
      matches: (r) => Number(r['totalDealValue']) > 1234.5,
    },
    { set: 'Tasks', filter: 'dueDate eq null', matches: (r) => r['dueDate'] === null },
    {
      set: 'Tasks',
      filter: 'dueDate le 2026-01-01T00:00:00Z',
      matches: (r) => text(r['dueDate']) !== '' && text(r['dueDate']) <= '2026-01-01T00:00:00Z',
    },
    {
      set: 'Tasks',
      filter: 'dueDate eq null and id gt 7100100',
      matches: (r) => r['dueDate'] === null && Number(r['id']) > 7_100_100,
    },
    { set: 'Groups', filter: "name gt 'Equipe'", matches: (r) => text(r['name']) > 'Equipe' },
    { set: 'customFields', filter: "key ge '_obs'", matches: (r) => text(r['key']) >= '_obs' },
    {
      set: 'transferHistory',
      filter: 'createdAt ge 2026-01-01T00:00:00Z',
      matches: (r) => text(r['createdAt']) >= '2026-01-01',
    },
    {
      set: 'PendingFeedbacks',
      filter: 'meetingId gt 4700100',
      matches: (r) => Number(r['meetingId']) > 4_700_100,
    },
    {
      set: 'LeadStages',
      filter: 'discardedStage eq true',
      matches: (r) => r['discardedStage'] === true,
    },
  ];
}

function above(row: Row, other: Row): boolean {
  return Number(row['id']) > Number(other['id']);
}

function between(value: unknown, from: string, to: string): boolean {
  return ticks(value) >= ticks(from) && ticks(value) < ticks(to);
}

describe('$filter', () => {
  it.each(casesFor(account))('finds the rows of $set with $filter', async (one) => {
    await expectMatches(simulator, one);
  });

  it.each(casesFor(edited))('finds the rows of $set with $filter after edits', async (one) => {
    expect(edited.rows(one.set)).not.toEqual(rows(one.set));
    await expectMatches(editedSimulator, one);
  });

  async function expectMatches(server: Simulator, { set, filter, matches }: Case): Promise<void> {
    const wanted = server.account.rows(set).filter(matches);
    expect(wanted.length).toBeGreaterThan(0);
    expect(await everyRow(server, `/${set}`, { $filter: filter })).toEqual(wanted);
    const count = await get(server, `/${set}/$count`, { $filter: filter });
    expect(await count.text()).toBe(String(wanted.length));
  }

  it.each([
    ['Leads', 'nothing eq 1'],
    ['Leads', 'industry/nothing eq 1'],
    ['Leads', 'industry eq null'],
    ['Leads', 'persons eq null'],
    ['Leads', 'ID eq 1'],
    ['Leads', 'id eq'],
    ['Leads', 'id eq 1 and'],
    ['Leads', '(id eq 1'],
    ['Leads', 'id = 1'],
    ['Leads', "id eq '1'"],
    ['Leads', 'cnpj eq 123'],
    ['Leads', "city eq 'd'Oeste'"],
    ['Leads', "updateDate ge '2026-01-01T00:00:00Z'"],
    ['Leads', 'updateDate ge 2026-01-01T00:00:00'],
    ['Leads', 'updateDate ge 2026-01-01'],
    ['Leads', 'updateDate ge 2026-01-01T00:00:00.12345678Z'],
    ['Leads', 'tolower(city) eq 1'],
    ['Leads', 'city'],
    ['Meetings', 'startTime ge 2026-01-01T00:00:00Z'],
    ['Meetings', 'year(startTime) eq 2026'],
    ['LeadsCustomFields', 'id eq 5'],
  ])('rejects an invalid filter of %s: %s', async (set, filter) => {
    const response = await get(simulator, `/${set}`, { $filter: filter });
    expect(response.status).toBe(400);
    const body = (await response.json()) as { error: { code: string; message: string } };
    expect(body.error.code).toBe('');
    expect(body.error.message).toMatch(/^The query specified in the URI is not valid\. \S/);
  });
});

const orders: readonly [set: string, orderby: string, by: readonly string[]][] = [
  ['Leads', 'updateDate', ['updateDate']],
  ['Leads', 'updateDate desc,id desc', ['-updateDate', '-id']],
  ['Leads', 'updateDate asc,id desc', ['updateDate', '-id']],
  ['Leads', 'stage,registerDate desc', ['stage', '-registerDate']],
  ['Leads', 'Id desc', ['-id']],
  ['Meetings', 'startTime,id', ['startTime', 'id']],
  ['Meetings', 'startTime desc,id desc', ['-startTime', '-id']],
  ['Boxes', 'start,id', ['start', 'id']],
  ['LeadStages', 'createdAt', ['createdAt']],
  ['Tasks', 'dueDate,id', ['dueDate', 'id']],
  ['Tasks', 'dueDate desc,id desc', ['-dueDate', '-id']],
  ['Groups', 'name', ['name']],
  ['transferHistory', 'leadId,createdAt', ['leadId', 'createdAt']],
  ['recommendedProducts', 'leadId,productId', ['leadId', 'productId']],
  ['LeadsCustomFields', 'updateDate,leadId,id', ['updateDate', 'leadId', 'id']],
  ['painPoints', 'leadId,painPointId', ['leadId', 'painPointId']],
];

describe('$orderby', () => {
  it.each(orders)('orders %s by %s', async (set, $orderby, by) => {
    await expectOrder(simulator, set, $orderby, by);
  });

  it.each(orders)('orders %s by %s after edits', async (set, $orderby, by) => {
    await expectOrder(editedSimulator, set, $orderby, by);
  });

  it.each(['stage,id', 'updateDate desc', 'id'])(
    'orders by %s again after rows have changed',
    async ($orderby) => {
      const changing = createAccount({ seed: 3, leads: 100, now: NOW });
      const server = await startSimulator({ account: changing, token: TOKEN });
      const first = (await page(server, '/Leads', { $orderby })).value[0] ?? {};
      expect((await page(server, '/Leads', { $orderby })).value[0]).toEqual(first);
      changing.remove('Leads', Number(first['id']));
      const last = changing.add('Leads', { stage: '' });
      const ids = (await page(server, '/Leads', { $orderby })).value.map((row) => row['id']);
      expect(ids).not.toContain(first['id']);
      expect(ids.indexOf(last['id'])).toBe($orderby === 'id' ? 99 : 0);
      await server.stop();
    },
  );

  async function expectOrder(
    server: Simulator,
    set: string,
    $orderby: string,
    by: readonly string[],
  ): Promise<void> {
    // Old boxes are hidden unless there is a filter.
    const $filter = set === 'Boxes' ? 'start ge 2000-01-01T00:00:00Z' : 'not (1 eq 2)';
    const sent = await everyRow(server, `/${set}`, { $orderby, $filter });
    const wanted = server.account.rows(set).toSorted((one, other) => compare(one, other, by));
    expect(sent.map((row) => keys(row, by))).toEqual(wanted.map((row) => keys(row, by)));
    expect(new Set(sent.map((row) => JSON.stringify(row))).size).toBe(wanted.length);
  }
});

describe('the other query options', () => {
  it('orders by age and sends 500 rows per page by default', async () => {
    const first = await page(simulator, '/leads');
    expect(first.value).toEqual(rows('Leads').slice(0, 500));
    const more = await page(simulator, '/LEADS', { $skip: 690, $top: 500 });
    expect(more.value).toEqual(rows('Leads').slice(690));
    expect((await page(simulator, '/Leads', { $top: 5000 })).value).toHaveLength(500);
  });

  it('sends only the selected members', async () => {
    const query = { $select: 'id,persons,industry/value', $top: 3 };
    const { value } = await page(simulator, '/LeadsAndPersons', query);
    expect(value.map((row) => Object.keys(row))).toEqual(
      Array(3).fill(['id', 'persons', 'industry']),
    );
  });

  it.each([
    ['LeadsSold', { $select: 'products' }],
    ['Leads', { $select: 'persons' }],
    ['Leads', { $orderby: 'nothing' }],
    ['Leads', { $orderby: 'telephones' }],
    ['Leads', { $top: '-1' }],
    ['Leads', { $count: 'yes' }],
  ])('rejects an invalid option for %s: %j', async (set, query) => {
    expect((await get(simulator, `/${set}`, query)).status).toBe(400);
  });

  it('counts the rows with $count and with /$count', async () => {
    const size = rows('Leads').length;
    const { value, '@odata.count': count } = await page(simulator, '/Leads', {
      ...{ $count: 'true', $top: 2, $filter: 'id gt 0' },
    });
    expect([value.length, count]).toEqual([2, size]);
    expect(await (await get(simulator, '/Leads/$count')).text()).toBe(String(size));
  });

  it('ignores unknown options', async () => {
    const query = { startDate: 'x', $foo: 1 };
    expect((await page(simulator, '/callsHistory', query)).value).toEqual(
      rows('callsHistory').slice(0, 500),
    );
  });

  it('hides boxes older than four weeks unless there is a filter', async () => {
    const all = await everyRow(simulator, '/Boxes', { $filter: 'id gt 0' });
    const shown = await everyRow(simulator, '/Boxes');
    expect(all).toEqual(rows('Boxes'));
    expect(shown).toEqual(all.filter((row) => text(row['start']) >= '2026-08-13T12:00:00Z'));
    expect(shown.length).toBeGreaterThan(0);
    simulator.behave({ hiddenBoxWindow: false });
    expect(await everyRow(simulator, '/Boxes')).toEqual(all);
  });
});

function keys(row: Row, by: readonly string[]): unknown[] {
  return by.map((name) => row[name.replace('-', '')]);
}

function compare(one: Row, other: Row, by: readonly string[]): number {
  for (const name of by) {
    const sign = name.startsWith('-') ? -1 : 1;
    const [a, b] = [one, other].map((row) => comparable(row[name.replace('-', '')]));
    if (a !== undefined && b !== undefined && a !== b) return a < b ? -sign : sign;
  }
  return 0;
}

function comparable(value: unknown): bigint | number | string {
  if (/^\d{4}-.*Z$/.test(text(value))) return ticks(value);
  return typeof value === 'number' ? value : text(value);
}

describe('a large account', () => {
  const large = createAccount({ seed: 5, leads: 200_000, now: NOW });
  large.live({ seed: 1, edits: 100 });
  let server: Simulator;
  beforeAll(async () => {
    server = await startSimulator({ account: large, token: TOKEN });
  });
  afterAll(() => server.stop());

  it.each([
    ['Leads', { $filter: 'updateDate ge 2025-09-10T00:00:00Z', $orderby: 'updateDate,id' }],
    ['LeadsAndPersons', { $orderby: 'updateDate asc,id asc', $skip: 100_000 }],
    ['callsHistory', { $filter: 'id gt 33600000', $orderby: 'id' }],
    ['Meetings', { $filter: "startTime ge '2026-01-01'", $orderby: 'startTime,id' }],
  ])('generates few rows beyond the page: %s with %j', async (set, query) => {
    const generated = vi.spyOn(large.set(set).store.definition, 'row');
    expect((await page(server, `/${set}`, query)).value).toHaveLength(500);
    expect(generated.mock.calls.length).toBeGreaterThanOrEqual(400);
    expect(generated.mock.calls.length).toBeLessThan(2000);
    generated.mockRestore();
  });

  it('sorts only the matching rows if it has to sort', async () => {
    const generated = vi.spyOn(large.set('Leads').store.definition, 'row');
    const $filter = 'updateDate ge 2026-09-01T00:00:00Z';
    expect((await page(server, '/Leads', { $filter, $orderby: 'id' })).value).toHaveLength(500);
    expect(generated.mock.calls.length).toBeLessThan(10_000);
    generated.mockRestore();
  });
});
