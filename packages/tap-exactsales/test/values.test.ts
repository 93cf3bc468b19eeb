import { describe, expect, it } from 'vitest';
import { dated, lastState, readStreams, rowsOf, serve, type Row } from './scripted.ts';

const now = Date.now();

/** Reads a set and returns the records of the first stream in order. */
async function recordsOf(
  path: string,
  rows: readonly Row[],
  streams: readonly string[],
  settings: object = {},
): Promise<readonly Row[]> {
  const server = await serve({ [path.toLowerCase()]: rows });
  const ended = await readStreams(server.url, streams, { settings });
  server.stop();
  expect(ended.code, ended.stderr).toBe(0);
  const [stream] = streams;
  return ended.messages.flatMap(({ record, ...message }) =>
    record && message.stream === stream ? [record] : [],
  );
}

describe('a year-one date', () => {
  it.each([
    '0001-01-01T00:00:00Z',
    '0001-01-01T00:00:00',
    '0001-01-01T00:00:00.0000000Z',
    '0001-01-01T00:00:00-03:00',
    '0001-01-01T03:06:28Z',
    '0001-01-01',
  ])('becomes null: %s', async (none) => {
    const [meeting] = await recordsOf(
      'Meetings',
      [
        {
          ...{ id: 1, startTime: dated(-1), finalTime: none, registerDate: none },
          ...{ qualificationDate: none, meetingDate: none },
        },
      ],
      ['meetings'],
    );
    expect(meeting).toMatchObject({ id: 1, finaltime: null, registerdate: null });
    expect(meeting).toMatchObject({ qualificationdate: null, meetingdate: null });
  });

  it('is kept in a key column', async () => {
    const [qualification] = await recordsOf(
      'QualificationHistories',
      [{ leadId: 1, qualificationDate: '0001-01-01T00:00:00Z' }],
      ['qualifications'],
    );
    expect(qualification).toMatchObject({ leadid: 1, qualificationdate: '0001-01-01T00:00:00Z' });
  });

  it('never becomes a bookmark, and its row belongs to every range', async () => {
    const none = '0001-01-01T00:00:00Z';
    const server = await serve(
      { callshistory: [{ id: 1, startDate: none }] },
      undefined,
      () => false,
    );
    const settings = { start_date: '2020-01-01' };
    const ended = await readStreams(server.url, ['callshistory'], { settings });
    server.stop();
    expect(rowsOf(ended.messages, 'callshistory')).toBe(1);
    expect(lastState(ended.messages)?.bookmarks['callshistory']).not.toHaveProperty(
      'replication_key_value',
    );
  });
});

it.each<[string, Row, string | null]>([
  ['its only option', { value: '', options: ['A'] }, 'A'],
  ['its options instead of its value', { value: 'C', options: ['A', 'B'] }, 'A, B'],
  ['the options that are not empty', { value: null, options: ['', 'A', null, 'B'] }, 'A, B'],
  ['the values of options that are objects', { value: '', options: [{ id: 1, value: 'A' }] }, 'A'],
  ['its value if all options are empty', { value: 'C', options: [''] }, 'C'],
  ['its value if there are no options', { value: 'C', options: [] }, 'C'],
  ['its value if the options are null', { value: 0, options: null }, '0'],
  ['null if everything is empty', { value: '', options: [''] }, null],
  ['null if it has no options and no value', {}, null],
  ['null if its value is empty', { value: '' }, null],
  ['null if its value is an empty list', { value: [''] }, null],
])('the value column of a custom field contains %s', async (_case, field, value) => {
  const row = { leadId: 1, id: '_field', updateDate: dated(-1), ...field };
  const [record] = await recordsOf('LeadsCustomFields', [row], ['leadscustomfields']);
  expect(record).toMatchObject({ leadid: 1, field_id: '_field', value });
});

it('keeps empty strings in other columns', async () => {
  const [lead] = await recordsOf('Leads', [{ id: 1, lead: '', updateDate: dated(-1) }], ['leads']);
  expect(lead).toMatchObject({ lead: '' });
});

describe('the additional columns', () => {
  it('of a qualification contain its points, cycle, stages and author', async () => {
    const userAction = { id: 7, name: 'Ana', lastName: 'Souza', email: 'ana@example.com' };
    const row = {
      ...{ leadId: 1, qualificationDate: dated(-1), score: 'Muito Quente', points: 87.5, cycle: 2 },
      ...{ stageId: 150_021, originStage: 'Entrada', userAction },
    };
    const [record] = await recordsOf('QualificationHistories', [row], ['qualifications']);
    expect(record).toMatchObject({
      ...{ score: 'Muito Quente', points: 87.5, cycle: 2, stage_id: 150_021 },
      ...{ originstage: 'Entrada', useraction_id: 7, useraction_name: 'Ana' },
      useraction_email: 'ana@example.com',
    });
  });

  it('of a meeting contain its feedback, with the date in UTC', async () => {
    const feedback = { score: 'Quente', qualificationDate: '2026-09-08T15:44:10.1234567' };
    const row = { id: 1, startTime: dated(-1), ...feedback };
    const [record] = await recordsOf('Meetings', [row], ['meetings']);
    const qualificationdate = '2026-09-08T15:44:10.1234567Z';
    expect(record).toMatchObject({ score: 'Quente', qualificationdate });
  });

  it('of a sale contain its pre-seller, cycle and product IDs', async () => {
    const products = [{ id: 30_210, name: 'Plano' }, { name: 'Outro' }];
    const row = { id: 1, saleDate: dated(-1), cycle: 3, preSales: { email: 'a@b.c' }, products };
    const [sale] = await recordsOf('LeadsSold', [row], ['leadssold']);
    expect(sale).toMatchObject({ presales_email: 'a@b.c', cycle: 3 });
    const streams = ['leadssold__products', 'leadssold'];
    const sold = await recordsOf('LeadsSold', [row], streams);
    expect(sold.map((product) => product['products_id'])).toEqual([30_210, null]);
  });

  it('of a funnel contain an ID that matches the funnel_id of its stages', async () => {
    const funnels = await recordsOf(
      'Funnels',
      [{ id: 6021, value: 'A', active: true }],
      ['funnels'],
    );
    expect(funnels).toEqual([{ id: '6021', value: 'A', active: true }]);
    const [stage] = await recordsOf('stages', [{ id: 1, funnelId: 6021 }], ['stages']);
    expect(stage).toMatchObject({ funnel_id: '6021' });
  });
});

it.each(['Z', '', '-03:00', '+02:00'])(
  'does not shift a day that a person picked (suffix: "%s")',
  async (zone) => {
    const date = `2026-08-31T23:30:00.5${zone}`;
    const streams = ['leads', 'losts', 'leadssold'] as const;
    const server = await serve({
      leads: [{ id: 1, updateDate: dated(-1), closingForecastDate: date }],
      losts: [{ leadId: 1, date }],
      leadssold: [{ id: 1, saleDate: date }],
    });
    const { messages } = await readStreams(server.url, streams);
    server.stop();
    const stored = messages.flatMap(({ record }) => (record ? [record] : []));
    const columns = ['closing_forecast_date', 'date', 'saledate'];
    const days = stored
      .flatMap((record) => columns.map((column) => record[column]))
      .filter(Boolean);
    expect(days).toEqual(streams.map(() => '2026-08-31T23:30:00.5Z'));
  },
);

describe('calls_clock', () => {
  const startDate = '2026-08-19T11:00:00.1Z';

  it.each<[object, string]>([
    [{}, '2026-08-19T11:00:00.1Z'],
    [{ calls_clock: 'utc' }, '2026-08-19T11:00:00.1Z'],
    [{ calls_clock: 'wall' }, '2026-08-19T14:00:00.1Z'],
  ])('determines how call dates are read: %o', async (settings, startdate) => {
    const row = { id: 1, startDate, endDate: startDate };
    const [call] = await recordsOf('callsHistory', [row], ['callshistory'], settings);
    expect(call).toMatchObject({ startdate, enddate: startdate });
  });

  it('filters by wall-clock time if it is wall, and a call after the start date is still read', async () => {
    const local = (at: number): string => new Date(at - 3 * 3_600_000).toISOString();
    const calls = [{ id: 1, startDate: local(now - 3_600_000) }];
    const server = await serve({ callshistory: calls });
    const settings = { calls_clock: 'wall', start_date: new Date(now - 7_200_000).toISOString() };
    const ended = await readStreams(server.url, ['callshistory'], { settings });
    server.stop();
    expect(ended.messages.filter(({ type }) => type === 'RECORD')).toHaveLength(1);
    expect(server.asked[0]?.query['$filter']).toContain(local(now - 3 * 3_600_000).slice(0, 16));
  });

  it('is rejected if it is not utc or wall', async () => {
    const ended = await readStreams('http://127.0.0.1:9', [], {
      settings: { calls_clock: 'utc-3' },
    });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('calls_clock');
  });
});
