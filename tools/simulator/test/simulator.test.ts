import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAccount, startSimulator, type Simulator } from '../src/index.ts';
import { everyRow, get, page, TOKEN, type Envelope, type Row } from './api.ts';

const NOW = Date.UTC(2026, 8, 10, 12);
const account = createAccount({ seed: 3, leads: 700, now: NOW });
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ account, token: TOKEN });
});
afterAll(() => simulator.stop());
beforeEach(() => simulator.reset());

const rows = (set: string): readonly Row[] => account.rows(set);
const inner = (row: Row, object: string, name: string): unknown =>
  (row[object] as Row | null)?.[name] ?? null;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
/** 100 ns since 1970, said another way than the simulator says it. */
const ticks = (value: unknown): bigint => {
  const [, seconds = '', fraction = ''] = /^(.{19})(?:\.(\d+))?Z$/.exec(text(value)) ?? [];
  return BigInt(Date.parse(`${seconds}Z`)) * 10_000n + BigInt(fraction.padEnd(7, '0'));
};

interface Case {
  readonly set: string;
  readonly filter: string;
  readonly passes: (row: Row) => boolean;
}

const lead = rows('Leads')[20] ?? {};
const shared = mostShared('Leads', 'updateDate');
const metLead = inner(rows('Meetings')[7] ?? {}, 'lead', 'id');
const meetingStart = text(rows('Meetings')[50]?.['startTime']);

const cases: readonly Case[] = [
  { set: 'Leads', filter: `id eq ${String(lead['id'])}`, passes: (r) => r['id'] === lead['id'] },
  { set: 'Leads', filter: `Id gt ${String(lead['id'])}`, passes: (r) => above(r, lead) },
  { set: 'Leads', filter: `not (id gt ${String(lead['id'])})`, passes: (r) => !above(r, lead) },
  {
    set: 'Leads',
    filter: `id in (${String(lead['id'])}, 1, 2)`,
    passes: (r) => r['id'] === lead['id'],
  },
  {
    set: 'Leads',
    filter: `updateDate eq ${shared}`,
    passes: (r) => ticks(r['updateDate']) === ticks(shared),
  },
  {
    set: 'Leads',
    filter: `updateDate eq ${shared} and id gt ${String(lead['id'])}`,
    passes: (r) => ticks(r['updateDate']) === ticks(shared) && above(r, lead),
  },
  {
    set: 'Leads',
    filter:
      'updateDate ge 2025-01-31T00:00:00.0000000Z and updateDate lt 2025-03-01T00:00:00-03:00',
    passes: (r) => between(r['updateDate'], '2025-01-31T00:00:00Z', '2025-03-01T03:00:00Z'),
  },
  {
    set: 'Leads',
    filter: `updateDate gt ${text(lead['updateDate'])}`,
    passes: (r) => ticks(r['updateDate']) > ticks(lead['updateDate']),
  },
  {
    set: 'Leads',
    filter: 'year(registerDate) eq 2024 and month(registerDate) eq 5 and day(registerDate) le 9',
    passes: (r) => /^2024-05-0\d/.test(text(r['registerDate'])),
  },
  {
    set: 'Leads',
    filter: "city eq 'Santa Bárbara d''Oeste' or contains(lead,'Ipê')",
    passes: (r) => r['city'] === "Santa Bárbara d'Oeste" || text(r['lead']).includes('Ipê'),
  },
  {
    set: 'Leads',
    filter: "startswith(lead,'Caf') and endswith(lead,'Ipê')",
    passes: (r) => r['lead'] === 'Café Ipê',
  },
  { set: 'Leads', filter: 'cpf ne null', passes: (r) => r['cpf'] !== null },
  { set: 'Leads', filter: "not (website eq 'x')", passes: () => true },
  {
    set: 'Leads',
    filter: 'industry/id gt 247003',
    passes: (r) => Number(inner(r, 'industry', 'id')) > 247_003,
  },
  {
    set: 'Leads',
    filter: 'salesRep/active eq true',
    passes: (r) => inner(r, 'salesRep', 'active') === true,
  },
  {
    set: 'Meetings',
    filter: `lead/id eq ${String(metLead)}`,
    passes: (r) => inner(r, 'lead', 'id') === metLead,
  },
  {
    set: 'Meetings',
    filter: `startTime ge '${meetingStart.slice(0, 10)}' and type ne 'Cancelada'`,
    passes: (r) => text(r['startTime']) >= meetingStart.slice(0, 10) && r['type'] !== 'Cancelada',
  },
  {
    set: 'Boxes',
    filter: 'start ge 2026-09-01T00:00:00Z and leadId eq 0',
    passes: (r) => text(r['start']) >= '2026-09-01' && r['leadId'] === 0,
  },
  { set: 'LeadsCustomFields', filter: "id eq '_obs'", passes: (r) => r['id'] === '_obs' },
  {
    set: 'LeadsSold',
    filter: 'totalDealValue gt 1234.5',
    passes: (r) => Number(r['totalDealValue']) > 1234.5,
  },
  {
    set: 'LeadStages',
    filter: 'discardedStage eq true',
    passes: (r) => r['discardedStage'] === true,
  },
];

function above(row: Row, other: Row): boolean {
  return Number(row['id']) > Number(other['id']);
}

function between(value: unknown, from: string, to: string): boolean {
  return ticks(value) >= ticks(from) && ticks(value) < ticks(to);
}

/** The instant that most rows share. */
function mostShared(set: string, name: string): string {
  const groups = Object.values(Object.groupBy(rows(set), (row) => String(ticks(row[name]))));
  const largest = groups.toSorted((one, other) => (other?.length ?? 0) - (one?.length ?? 0))[0];
  return text(largest?.[0]?.[name]);
}

describe('the account', () => {
  it('is the same for the same seed, and another for another', () => {
    const same = createAccount({ seed: 3, leads: 700, now: NOW });
    const other = createAccount({ seed: 4, leads: 700, now: NOW });
    for (const set of account.sets.keys()) expect(same.rows(set)).toEqual(account.rows(set));
    expect(other.rows('Leads')).not.toEqual(account.rows('Leads'));
    const edited = [same, createAccount({ seed: 3, leads: 700, now: NOW })];
    for (const one of edited) one.live({ seed: 9, edits: 200, reach: 'whole' });
    for (const set of account.sets.keys()) {
      expect(edited[0]?.rows(set)).toEqual(edited[1]?.rows(set));
    }
  });

  it('has no two rows of one key, before and after a life', () => {
    const lived = createAccount({ seed: 8, leads: 300, now: NOW });
    for (const reach of ['daily', 'whole'] as const) {
      for (const [set, { store }] of lived.sets) {
        const { key } = store.definition;
        const keys = lived
          .rows(set)
          .map((row) =>
            JSON.stringify(key.map((path) => path.split('.').reduce<unknown>(member, row))),
          );
        expect(keys.length, set).toBe(lived.count(set));
        expect(new Set(keys).size, set).toBe(keys.length);
        expect(keys.length, set).toBeGreaterThan(0);
      }
      lived.live({ seed: 2, edits: 400, reach });
    }
  });

  it('gives the rows inside rows keys of their own', () => {
    const inside = (set: string, array: string): Row[] =>
      rows(set).flatMap((row) => (row[array] as Row[] | null) ?? []);
    const persons = inside('LeadsAndPersons', 'persons').map((row) => row['id']);
    const subSources = inside('Sources', 'subSources').map((row) => row['id']);
    expect(new Set(persons).size).toBe(persons.length);
    expect(new Set(subSources).size).toBe(subSources.length);
    const contacts = inside('Tasks', 'contacts').map((row) => row['id']);
    expect(new Set(persons)).toEqual(new Set([...persons, ...contacts]));
    expect(contacts.length).toBeGreaterThan(100);
  });

  it('shares one instant among a third of the leads, written in several ways', () => {
    const group = rows('Leads').filter((row) => ticks(row['updateDate']) === ticks(shared));
    expect(group).toHaveLength(233);
    expect(new Set(group.map((row) => row['updateDate'])).size).toBeGreaterThan(1);
  });

  it('shows the texts and shapes that break careless readers', () => {
    const all = JSON.stringify([...account.sets.keys()].map(rows));
    for (const part of ['\\"', '\\n', '👍🏽', '"00', '":[]', '":null', '12ABC', '"leadId":0']) {
      expect(all).toContain(part);
    }
    const fractions = new Set(
      rows('Leads').map((row) => (text(row['updateDate']).split('.')[1] ?? 'Z').length - 1),
    );
    expect([...fractions].sort()).toEqual(expect.arrayContaining([0, 4, 5, 6, 7]));
    expect(rows('stages').some((row) => text(row['value']).startsWith(' '))).toBe(true);
    expect(rows('stages').some((row) => row['value'] === 'Descartado')).toBe(false);
    expect(rows('Leads').some((row) => row['stage'] === 'Descartado')).toBe(true);
    expect(rows('Boxes').every((row) => typeof row['salesRep'] === 'string')).toBe(true);
  });

  it('removes with a lead what hangs on it, and keeps leads and persons one', () => {
    const one = createAccount({ seed: 3, leads: 100, now: NOW });
    const id = Number(one.rows('Leads')[3]?.['id']);
    one.add('callsHistory', { leadId: id });
    const before = one.count('callsHistory');
    one.remove('Leads', id);
    expect(one.count('callsHistory')).toBeLessThan(before);
    for (const set of one.sets.keys()) {
      const text = JSON.stringify(one.rows(set));
      expect(text).not.toMatch(new RegExp(`"(leadId|id)":${id}\\b`));
    }
    one.change('LeadsAndPersons', Number(one.rows('Leads')[5]?.['id']), { stage: 'Nova' });
    expect(one.rows('Leads')[5]?.['stage']).toBe('Nova');
    expect(one.rows('Leads')[5]).not.toHaveProperty('persons');
  });

  it('dates every change later than all before, whatever its clock says', () => {
    const one = createAccount({ seed: 3, leads: 100, now: NOW });
    const stamps = [0, 0, 1, -5000].map((step) => {
      one.clock += step;
      one.change('Leads', (row) => row['id'] === one.rows('Leads')[2]?.['id'], { city: 'Ijuí' });
      return ticks(one.rows('Leads')[2]?.['updateDate']);
    });
    const latest = one.rows('Leads').map((row) => ticks(row['updateDate']));
    expect(stamps.toSorted((a, b) => Number(a - b))).toEqual(stamps);
    expect(new Set(stamps).size).toBe(stamps.length);
    expect(latest.every((stamp) => stamp <= (stamps.at(-1) ?? 0n))).toBe(true);
  });
});

function member(value: unknown, name: string): unknown {
  return (value as Row | null)?.[name];
}

describe('$filter', () => {
  it.each(cases)('$set where $filter', async ({ set, filter, passes }) => {
    const wanted = rows(set).filter(passes);
    expect(wanted.length).toBeGreaterThan(0);
    expect(await everyRow(simulator, `/${set}`, { $filter: filter })).toEqual(wanted);
    const counted = await get(simulator, `/${set}/$count`, { $filter: filter });
    expect(await counted.text()).toBe(String(wanted.length));
  });

  it.each(cases)('$set where $filter, after edits', async ({ set, filter, passes }) => {
    account.live({ seed: filter.length, edits: 30, reach: 'whole' });
    const wanted = rows(set).filter(passes);
    expect(await everyRow(simulator, `/${set}`, { $filter: filter })).toEqual(wanted);
  });

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
  ])('refuses %s where %s', async (set, filter) => {
    const response = await get(simulator, `/${set}`, { $filter: filter });
    expect(response.status).toBe(400);
    const body = (await response.json()) as { error: { code: string; message: string } };
    expect(body.error.code).toBe('');
    expect(body.error.message).toMatch(/^The query specified in the URI is not valid\. \S/);
  });
});

describe('the other options', () => {
  it.each([
    ['Leads', 'updateDate', ['updateDate']],
    ['Leads', 'updateDate desc,id desc', ['-updateDate', '-id']],
    ['Leads', 'updateDate asc,id desc', ['updateDate', '-id']],
    ['Leads', 'stage,registerDate desc', ['stage', '-registerDate']],
    ['Leads', 'Id desc', ['-id']],
    ['Meetings', 'startTime,id', ['startTime', 'id']],
    ['Boxes', 'start,id', ['start', 'id']],
    ['LeadStages', 'createdAt', ['createdAt']],
    ['LeadsCustomFields', 'updateDate,leadId,id', ['updateDate', 'leadId', 'id']],
  ])('orders %s by %s', async (set, $orderby, by) => {
    // Where there is no filter the boxes of long ago are hidden.
    const $filter = set === 'Boxes' ? 'start ge 2000-01-01T00:00:00Z' : 'not (1 eq 2)';
    const got = await everyRow(simulator, `/${set}`, { $orderby, $filter });
    const wanted = rows(set).toSorted((one, other) => compare(one, other, by));
    expect(got.map((row) => keys(row, by))).toEqual(wanted.map((row) => keys(row, by)));
    expect(new Set(got.map((row) => JSON.stringify(row))).size).toBe(wanted.length);
  });

  it('orders oldest first by itself, and pages by 500', async () => {
    const first = await page(simulator, '/leads');
    expect(first.value).toEqual(rows('Leads').slice(0, 500));
    const more = await page(simulator, '/LEADS', { $skip: 690, $top: 500 });
    expect(more.value).toEqual(rows('Leads').slice(690));
    expect((await page(simulator, '/Leads', { $top: 5000 })).value).toHaveLength(500);
  });

  it('shows what is selected, and refuses what is not there', async () => {
    const query = { $select: 'id,persons,industry/value', $top: 3 };
    const { value } = await page(simulator, '/LeadsAndPersons', query);
    expect(value.map((row) => Object.keys(row))).toEqual(
      Array(3).fill(['id', 'persons', 'industry']),
    );
    const refused = [
      { set: 'LeadsSold', $select: 'products' },
      { set: 'Leads', $select: 'persons' },
      { set: 'Leads', $orderby: 'nothing' },
      { set: 'Leads', $orderby: 'telephones' },
      { set: 'Leads', $top: '-1' },
      { set: 'Leads', $count: 'yes' },
    ];
    for (const { set, ...query } of refused) {
      const response = await get(simulator, `/${set}`, query);
      expect(response.status, JSON.stringify(query)).toBe(400);
    }
  });

  it('counts, inline and alone', async () => {
    const size = rows('Leads').length;
    const { value, '@odata.count': count } = await page(simulator, '/Leads', {
      ...{ $count: 'true', $top: 2, $filter: 'id gt 0' },
    });
    expect([value.length, count]).toEqual([2, size]);
    expect(await (await get(simulator, '/Leads/$count')).text()).toBe(String(size));
  });

  it('passes over what it does not know, and refuses who or what is not there', async () => {
    expect((await get(simulator, '/callsHistory', { startDate: 'x', $foo: 1 })).status).toBe(200);
    expect((await get(simulator, '/Nothing')).status).toBe(404);
    expect((await fetch(`${simulator.url}/Leads`)).status).toBe(401);
    const wrong = { headers: { token_exact: 'wrong' } };
    expect((await fetch(`${simulator.url}/Leads`, wrong)).status).toBe(401);
    const metadata = await (await get(simulator, '/$metadata')).text();
    expect(metadata).toContain('<EntitySet Name="LeadsAndPersons"');
    expect(simulator.requests.map(({ status }) => status)).toEqual([200, 404, 401, 401, 200]);
    expect(JSON.stringify(simulator.requests)).not.toContain(TOKEN);
  });

  it('hides boxes of long ago where there is no filter', async () => {
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

describe('what nobody knows', () => {
  it.each([
    ['always', [true, true]],
    ['whenMore', [true, false]],
    ['never', [false, false]],
  ] as const)('links to the next page %s', async (nextLink, wanted) => {
    simulator.behave({ nextLink });
    const more = await page(simulator, '/Leads', { $orderby: 'id' });
    const last = await page(simulator, '/Leads', { $filter: 'id eq 999999999' });
    expect([more, last].map((one) => '@odata.nextLink' in one)).toEqual(wanted);
  });

  it('repeats the options in the link, and follows it', async () => {
    const first = await page(simulator, '/Leads', { $filter: "city ne 'd''x'", $top: 20 });
    const link = first['@odata.nextLink'] ?? '';
    const { searchParams } = new URL(link);
    expect(Object.fromEntries(searchParams)).toEqual({
      ...{ $filter: "city ne 'd''x'", $top: '20', $skip: '20' },
    });
    const next = (await (
      await fetch(link, { headers: { token_exact: TOKEN } })
    ).json()) as Envelope;
    expect(next.value).toEqual(rows('Leads').slice(20, 40));
    simulator.behave({ nextLinkKeepsTop: false, nextLink: 'loop' });
    const loop = (await page(simulator, '/Leads', { $top: 20 }))['@odata.nextLink'] ?? '';
    expect(new URL(loop).searchParams.toString()).toBe('%24skip=0');
  });

  it('rejects, ignores, misses, forbids and caps as told', async () => {
    simulator.behave({
      rejects: { filter: ['Leads'], count: 'all' },
      ignores: { orderby: ['Leads'], filter: ['Tasks'], top: ['Tasks'] },
      ...{ orClause: 'rejected', pageCap: 100, missing: ['painPoints'], forbidden: ['Losts'] },
    });
    const statuses = await Promise.all(
      [
        get(simulator, '/Leads', { $filter: 'id gt 0' }),
        get(simulator, '/Leads/$count'),
        get(simulator, '/Meetings', { $filter: 'id eq 1 or id eq 2' }),
        get(simulator, '/painpoints'),
        get(simulator, '/losts'),
      ].map(async (response) => (await response).status),
    );
    expect(statuses).toEqual([400, 400, 400, 404, 403]);
    const ordered = await page(simulator, '/Leads', { $orderby: 'id desc', $top: 500 });
    expect(ordered.value).toEqual(rows('Leads').slice(0, 100));
    const unfiltered = await page(simulator, '/Tasks', { $filter: 'id eq 1', $top: 3 });
    expect(unfiltered.value).toEqual(rows('Tasks').slice(0, 100));
  });

  it('orders ties another way each time, where it is told to', async () => {
    const query = { $filter: `updateDate eq ${shared}`, $orderby: 'updateDate' };
    const ids = async (): Promise<unknown[]> =>
      (await page(simulator, '/Leads', query)).value.map((row) => row['id']);
    expect(await ids()).toEqual(await ids());
    simulator.behave({ tieOrder: 'shuffled' });
    const [one, other] = [await ids(), await ids()];
    expect(one).not.toEqual(other);
    expect(one.toSorted()).toEqual(other.toSorted());
  });

  it('makes accounts of the other shapes', () => {
    const odd = createAccount({
      ...{ seed: 3, leads: 200, now: NOW },
      shapes: {
        ...{ groupList: 'objects', telephones: 'objects', painPointKey: 'painPoint.id' },
        ...{ messagingId: 'idMessagingPlataform', questionId: 'questionID', zone: 'none' },
        ...{ sourceFlags: 'text', unknownFields: true, numbersAsStrings: true },
        leadsAndPersonsLack: ['telephones'],
      },
    });
    const all = JSON.stringify([...odd.sets.keys()].map((set) => odd.rows(set)));
    for (const part of ['"groupList":[{', '"telephones":[{"number"', '"painPoint":{"id"']) {
      expect(all).toContain(part);
    }
    for (const part of ['idMessagingPlataform', 'questionID', 'novoCampo', '"default":"true"']) {
      expect(all).toContain(part);
    }
    expect(odd.rows('LeadsSold')[0]?.['totalDealValue']).toMatch(/^[\d.]+$/);
    expect(odd.rows('LeadsSold')[0]?.['saleDate']).toMatch(/\d$/);
    expect(odd.rows('Leads')[0]?.['updateDate']).toMatch(/Z$/);
    expect(odd.rows('LeadsAndPersons')[0]).not.toHaveProperty('telephones');
  });
});

describe('a large account', () => {
  it('answers an ordered page in its middle at once, and holds little', async () => {
    const before = process.memoryUsage().heapUsed;
    const large = createAccount({ seed: 5, leads: 200_000, now: NOW });
    large.live({ seed: 1, edits: 100 });
    const server = await startSimulator({ account: large, token: TOKEN });
    const queries: [string, Record<string, string | number>][] = [
      ['/Leads', { $filter: 'updateDate ge 2025-09-10T00:00:00Z', $orderby: 'updateDate,id' }],
      ['/LeadsAndPersons', { $orderby: 'updateDate asc,id asc', $skip: 100_000 }],
      ['/callsHistory', { $filter: 'id gt 33600000', $orderby: 'id' }],
      ['/Meetings', { $filter: "startTime ge '2026-01-01'", $orderby: 'startTime,id' }],
      ['/Leads', { $filter: 'updateDate ge 2026-09-01T00:00:00Z', $orderby: 'id' }],
    ];
    for (const [path, query] of queries) {
      const begun = performance.now();
      expect((await page(server, path, query)).value).toHaveLength(500);
      expect(performance.now() - begun, path).toBeLessThan(1000);
    }
    await server.stop();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200 * 2 ** 20);
  });
});
