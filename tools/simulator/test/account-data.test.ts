import { describe, expect, it } from 'vitest';
import { createAccount, startSimulator } from '../src/index.ts';
import { everyRow, page, TOKEN, type Row } from './client.ts';
import { member, text } from './values.ts';

const NOW = Date.UTC(2026, 8, 10, 12);
const DAY = 24 * 60 * 60 * 1000;
const account = createAccount({ seed: 12, leads: 400, now: NOW });
const edited = createAccount({ seed: 12, leads: 400, now: NOW });
edited.live({ seed: 7, edits: 1500, scope: 'whole' });

const rows = (set: string): readonly Row[] => account.rows(set);
const valuesOf = (set: string, name: string): Set<unknown> =>
  new Set(rows(set).map((row) => row[name]));
const isYearOne = (value: unknown): boolean => text(value).startsWith('0001-01-01T00:00:00');
const TEMPERATURES = ['Congelado', 'Frio', 'Morno', 'Muito Quente', 'Quente'];

describe('rows', () => {
  it.each([
    ['generated', account],
    ['edited', edited],
  ])('have exactly the declared members: %s', (_case, of) => {
    for (const [set, { view }] of of.sets) {
      const declared = Object.keys(view.properties).sort();
      for (const row of of.rows(set)) expect(Object.keys(row).sort(), set).toEqual(declared);
    }
  });

  it('exist in all 27 sets', () => {
    expect(account.sets.size).toBe(27);
    for (const set of account.sets.keys()) expect(account.count(set), set).toBeGreaterThan(1);
  });
});

describe('a qualification', () => {
  it('has a temperature as text, and points that match the temperature', () => {
    const scores = [...valuesOf('QualificationHistories', 'score')].filter((one) => one !== null);
    expect(scores.toSorted()).toEqual(TEMPERATURES);
    const points = (score: string): number[] =>
      rows('QualificationHistories')
        .filter((row) => row['score'] === score)
        .map((row) => Number(row['points']));
    expect(Math.min(...points('Muito Quente'))).toBeGreaterThan(Math.max(...points('Quente')));
    expect(Math.min(...points('Frio'))).toBeGreaterThan(Math.max(...points('Congelado')));
    expect(points('Morno').some((one) => !Number.isInteger(one))).toBe(true);
  });

  it('refers to a stage of its funnel by ID and name', () => {
    const stages = new Map(rows('stages').map((stage) => [stage['id'], stage]));
    for (const { stageId, stage, funnelId } of rows('QualificationHistories')) {
      expect(stages.get(stageId)).toMatchObject({ value: stage, funnelId });
    }
  });

  it('has a meeting date in year one if there is no meeting, and usually has a user', () => {
    const dates = [...valuesOf('QualificationHistories', 'meetingDate')];
    expect(dates.filter(isYearOne).length).toBeGreaterThan(2);
    expect(dates.every((date) => typeof date === 'string')).toBe(true);
    const users = valuesOf('QualificationHistories', 'userAction');
    for (const user of users) {
      if (user !== null) expect(Object.keys(user as Row)).toEqual(USER_MEMBERS);
    }
    expect(users).toContain(null);
  });
});

const USER_MEMBERS = ['id', 'name', 'lastName', 'email'];

describe('dates', () => {
  it.each([
    ['Leads', 'closingForecastDate'],
    ['LeadStages', 'discardDate'],
    ['callsHistory', 'endDate'],
    ['Meetings', 'qualificationDate'],
  ])('are real, null or year one in %s.%s', (set, name) => {
    const values = [...valuesOf(set, name)];
    expect(values).toContain(null);
    expect(values.filter(isYearOne).length).toBeGreaterThan(1);
    expect(values.filter((value) => text(value) > '2000').length).toBeGreaterThan(1);
  });

  it('are never year one in keys and orderings', () => {
    for (const { store } of edited.sets.values()) {
      const { name, orderings, key } = store.definition;
      for (const path of [...key, ...orderings.map((one) => one.path)]) {
        const values = edited.rows(name).map((row) => row[path]);
        expect(values.filter(isYearOne), `${name}.${path}`).toEqual([]);
      }
    }
  });

  it.each([
    ['null', null],
    ['yearOne', '0001-01-01T00:00:00Z'],
  ] as const)(
    'that are missing have the value that shapes.undated selects: %s',
    async (undated, date) => {
      const other = createAccount({
        ...{ seed: 12, leads: 400, now: NOW },
        shapes: { undated, undatedCustomFields: true },
      });
      const server = await startSimulator({ account: other, token: TOKEN });
      for (const [set, name, tie] of [
        ['Tasks', 'dueDate', 'id'],
        ['LeadsCustomFields', 'updateDate', 'leadId'],
      ] as const) {
        const all = other.rows(set);
        const without = all.filter((row) => row[name] === date);
        expect(without.length, set).toBeGreaterThan(5);
        const literal = date ?? 'null';
        const found = await everyRow(server, `/${set}`, { $filter: `${name} eq ${literal}` });
        expect(new Set(found.map((row) => JSON.stringify(row)))).toEqual(
          new Set(without.map((row) => JSON.stringify(row))),
        );
        const since = await everyRow(server, `/${set}`, {
          $filter: `${name} ge 1900-01-01T00:00:00Z`,
        });
        expect(since).toHaveLength(all.length - without.length);
        const before = await everyRow(server, `/${set}`, {
          $filter: `${name} lt 1900-01-01T00:00:00Z`,
        });
        expect(before).toHaveLength(date === null ? 0 : without.length);
        const first = await page(server, `/${set}`, { $orderby: `${name},${tie}`, $top: 3 });
        expect(first.value.map((row) => row[name])).toEqual([date, date, date]);
      }
      await server.stop();
    },
  );

  it('of custom fields are not missing by default', () => {
    expect(rows('LeadsCustomFields').every((row) => text(row['updateDate']) > '2000')).toBe(true);
  });
});

describe('a custom field value', () => {
  const filled = (row: Row): unknown[] =>
    ((row['options'] ?? []) as unknown[]).filter((one) => one !== '');

  it.each<[string, (row: Row) => boolean]>([
    ['an empty string', (row) => row['value'] === ''],
    ['null', (row) => row['value'] === null],
    ['a list that contains an empty string', (row) => JSON.stringify(row['options']) === '[""]'],
    ['an empty list', (row) => JSON.stringify(row['options']) === '[]'],
    ['several options', (row) => filled(row).length > 1],
    ['options and a different value', (row) => filled(row).length > 0 && row['value'] === 'antigo'],
    ['options and empty strings', (row) => filled(row).length > 0 && includesEmpty(row)],
    ['a value without options', (row) => filled(row).length === 0 && text(row['value']) !== ''],
  ])('can be %s', (_case, matches) => {
    expect(rows('LeadsCustomFields').some(matches)).toBe(true);
  });

  it('contains only options that the catalogue lists', () => {
    const known = new Map(
      rows('customFields').map((field) => [
        field['key'],
        ((field['options'] ?? []) as Row[]).map(({ value }) => value),
      ]),
    );
    for (const row of rows('LeadsCustomFields')) {
      expect(known.get(row['id'])).toEqual(expect.arrayContaining(filled(row)));
    }
  });

  function includesEmpty(row: Row): boolean {
    return ((row['options'] ?? []) as unknown[]).includes('');
  }
});

describe('references between sets', () => {
  it.each<[string, (row: Row) => unknown, string, string]>([
    ['LeadsSold', (row) => member((row['products'] as Row[] | null)?.[0], 'id'), 'products', 'id'],
    ['LeadsSold', (row) => member(row['preSales'], 'email'), 'sdrs', 'email'],
    ['stages', (row) => row['funnelId'], 'Funnels', 'id'],
    ['Leads', (row) => row['funnelId'], 'Funnels', 'id'],
    ['Tasks', (row) => row['activityTypeId'], 'TasksType', 'id'],
    ['Losts', (row) => row['reason'], 'discardReasons', 'value'],
    ['PendingFeedbacks', (row) => row['meetingId'], 'Meetings', 'id'],
    ['PendingFeedbacks', (row) => row['stageId'], 'stages', 'id'],
    ['recommendedProducts', (row) => row['productId'], 'products', 'id'],
    ['recommendedProducts', (row) => row['leadId'], 'Leads', 'id'],
    ['transferHistory', (row) => row['originUserId'], 'Users', 'id'],
    ['transferHistory', (row) => row['leadId'], 'Leads', 'id'],
    ['sdrs', (row) => row['id'], 'Users', 'id'],
    ['sellers', (row) => row['id'], 'Users', 'id'],
  ])('lead from %s by %s to existing rows of %s', (set, read, target, name) => {
    const found = rows(set)
      .map(read)
      .filter((value) => value !== null && value !== undefined);
    expect(found.length).toBeGreaterThan(0);
    const known = valuesOf(target, name);
    expect(found.filter((value) => !known.has(value))).toEqual([]);
  });

  it('to sdrs and sellers do not cover managers, who are only in Users', () => {
    const others = [...valuesOf('sdrs', 'id'), ...valuesOf('sellers', 'id')];
    expect([...valuesOf('Users', 'id')].filter((id) => !others.includes(id))).toHaveLength(2);
  });
});

it('a meeting with a temperature is closed, has a feedback date and is not pending', () => {
  const meetings = rows('Meetings');
  const held = meetings.filter((row) => row['score'] !== null);
  expect(held.length).toBeGreaterThan(3);
  for (const row of held) {
    expect(row['type']).toBe('Concluido');
    expect(TEMPERATURES).toContain(row['score']);
    expect(text(row['qualificationDate'])).toMatch(/^20.*\.\d{7}Z$/);
  }
  expect(held.length).toBeLessThan(meetings.filter((row) => row['type'] === 'Concluido').length);
  const pending = valuesOf('PendingFeedbacks', 'meetingId');
  expect(held.filter((row) => pending.has(row['id']))).toEqual([]);
});

it('boxes are available, or busy with or without a lead', () => {
  const kinds = rows('Boxes').map((row) => `${text(row['status'])} ${row['leadId'] === 0}`);
  expect(new Set(kinds)).toEqual(new Set(['busy true', 'busy false', 'available true']));
});

it('some leads have no persons', () => {
  const without = rows('LeadsAndPersons').filter(
    ({ persons }) => ((persons ?? []) as Row[]).length === 0,
  );
  expect(without.length).toBeGreaterThan(10);
  expect(new Set(without.map((row) => JSON.stringify(row['persons'])))).toEqual(
    new Set(['null', '[]']),
  );
});

describe('daily edits', () => {
  const daily = createAccount({ seed: 12, leads: 400, now: NOW });
  const before = daily.rows('LeadsSold');
  const ids = new Set(before.map((row) => row['id']));
  daily.live({ seed: 7, edits: 1500 });
  const after = daily.rows('LeadsSold');
  const age = (row: Row): number => (NOW - Date.parse(text(row['saleDate']))) / DAY;

  it('add sales whose date is up to 50 days old', () => {
    const ages = after.filter((row) => !ids.has(row['id'])).map(age);
    expect(Math.max(...ages)).toBeGreaterThan(20);
    expect(Math.max(...ages)).toBeLessThanOrEqual(50);
    expect(Math.min(...ages)).toBeLessThan(1);
  });

  it('correct sales of the last 50 days without changing their date', () => {
    const old = new Map(before.map((row) => [row['id'], row]));
    const corrected = after.filter((row) => {
      const was = old.get(row['id']);
      return was !== undefined && was['totalDealValue'] !== row['totalDealValue'];
    });
    expect(corrected.length).toBeGreaterThan(0);
    expect(Math.max(...corrected.map(age))).toBeGreaterThan(10);
    expect(Math.max(...corrected.map(age))).toBeLessThanOrEqual(50);
    for (const row of corrected) expect(row['saleDate']).toBe(old.get(row['id'])?.['saleDate']);
  });

  it('start a new cycle for sold leads without discarding them', () => {
    const known = new Set(rows('LeadStages').map((row) => JSON.stringify(row)));
    const restarts = daily
      .rows('LeadStages')
      .filter((row) => !known.has(JSON.stringify(row)))
      .filter((row) => row['originStage'] === 'Vendidos' && Number(row['cycle']) > 1)
      .filter((row) => row['discardedStage'] === false && row['destinationStage'] === 'Entrada');
    expect(restarts.length).toBeGreaterThan(0);
    const sold = new Set(after.map((row) => row['leadId']));
    expect(restarts.every((row) => sold.has(row['leadId']))).toBe(true);
    const again = after.filter((row) => !ids.has(row['id']) && Number(row['cycle']) > 1);
    expect(again.length).toBeGreaterThan(0);
  });

  it('add feedback to meetings, which are then no longer pending', () => {
    const feedback = (of: typeof daily): unknown[] =>
      of
        .rows('Meetings')
        .filter((row) => row['score'] !== null)
        .map((row) => row['id']);
    const given = feedback(daily).filter((id) => !feedback(account).includes(id));
    expect(given.length).toBeGreaterThan(0);
    const pending = new Set(daily.rows('PendingFeedbacks').map((row) => row['meetingId']));
    expect(given.filter((id) => pending.has(id))).toEqual([]);
  });

  it('do not remove due dates, unlike edits with scope: whole', () => {
    const undated = (of: typeof daily): number =>
      of.rows('Tasks').filter((row) => row['dueDate'] === null).length;
    expect(undated(daily)).toBeLessThanOrEqual(undated(account));
    expect(undated(edited)).toBeGreaterThan(undated(account));
  });
});
