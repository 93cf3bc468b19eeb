import { describe, expect, it } from 'vitest';
import { dated, lastState, readStreams, rowsOf, serve, type Row, type Script } from './scripted.ts';

const now = Date.now();
const leads: Row[] = [1, 2, 3].map((id) => ({ id, lead: `lead ${id}`, updateDate: dated(-id) }));
const persons = leads.map((lead) => ({ ...lead, persons: null }));

/** Makes a path return a status if the query matches. */
const answers =
  (path: string, status: number, when = /^/): Script =>
  (answer, asked) => {
    if (asked.path !== path || !when.test(JSON.stringify(asked.query))) return;
    answer.status = status;
    answer.envelope = {};
  };

describe('two endpoints that share one read', () => {
  it('lose only the wider endpoint if this endpoint cannot be read', async () => {
    const server = await serve(
      { leads, leadsandpersons: persons },
      answers('leadsandpersons', 404),
    );
    const ended = await readStreams(server.url, ['leads', 'leadspersons']);
    server.stop();
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('Could not read all rows of leadspersons;');
    expect(rowsOf(ended.messages, 'leads')).toBe(3);
  });

  it('are both read from the wider endpoint if the narrower endpoint cannot be read', async () => {
    const server = await serve({ leads, leadsandpersons: persons }, answers('leads', 404));
    const ended = await readStreams(server.url, ['leads', 'leadspersons']);
    server.stop();
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('Its columns are read from the wider endpoint instead.');
    expect(rowsOf(ended.messages, 'leads')).toBe(3);
    expect(rowsOf(ended.messages, 'leadspersons')).toBe(3);
  });
});

it('copies pain points without a lead', async () => {
  const painpoints = [1, 2, 3].map((id) => ({ id, value: `pain ${id}` }));
  const server = await serve({ painpoints }, answers('painpoints', 400, /leadId/));
  const ended = await readStreams(server.url, ['painpoints']);
  server.stop();
  expect(ended.code, ended.stderr).toBe(0);
  const rows = ended.messages.flatMap(({ record }) => record ?? []);
  expect(rows).toEqual(painpoints.map(({ id, value }) => ({ leadid: 0, painpoint_id: id, value })));
});

describe('a server that answers 500', () => {
  const calls: Row[] = leads.map(({ id }) => ({ id, startDate: dated(-Number(id)) }));
  const settings = { start_date: '2001-01-01', max_retries: 0 };

  it('to a date filter is read without the filter, and the tap filters the rows', async () => {
    const server = await serve({ callshistory: calls }, answers('callshistory', 500, /startDate/));
    const ended = await readStreams(server.url, ['callshistory'], { settings });
    server.stop();
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('/callsHistory: the API rejects the date filter');
    expect(rowsOf(ended.messages, 'callshistory')).toBe(3);
  });

  it('to every request receives only one more request', async () => {
    const server = await serve({}, answers('callshistory', 500));
    const ended = await readStreams(server.url, ['callshistory'], { settings });
    server.stop();
    expect(ended.code).toBe(1);
    expect(server.asked).toHaveLength(2);
  });
});

describe('a setting of millions of days', () => {
  it.each([{ future_days: 9_999_999 }, { past_days: 9_999_999 }, { full_refresh_days: 1e12 }])(
    'reads everything in the first run and in the next run: %o',
    async (days) => {
      const meetings = [-9000, -1, 9000].map((day, id) => ({ id, startTime: dated(day) }));
      const server = await serve({ meetings });
      const settings = { ...days, start_date: '1990-01-01' };
      const first = await readStreams(server.url, ['meetings'], { settings });
      const next = { settings, state: lastState(first.messages) };
      const second = await readStreams(server.url, ['meetings'], next);
      server.stop();
      expect([first.code, second.code], second.stderr).toEqual([0, 0]);
      expect(rowsOf(first.messages, 'meetings')).toBe('future_days' in days ? 3 : 2);
      const filters = server.asked.map(({ query }) => query['$filter'] ?? '');
      expect(filters.join()).not.toMatch(/[+-]\d{6}/);
    },
  );
});

it.each<[string, object]>([
  ['with an object as the page key', { after: { id: 2 } }],
  ['with a string as the page key', { after: '2' }],
  ['from a clock that was years ahead', { after: 2, started_at: '2099-01-01T00:00:00Z' }],
])('starts over instead of resuming from progress markers %s', async (_case, place) => {
  const server = await serve({ callshistory: leads.map(({ id }) => ({ id })) });
  const started = {
    path: '/callsHistory',
    started_at: new Date(now).toISOString(),
    complete: true,
  };
  const bookmarks = { callshistory: { progress_markers: { ...started, ...place } } };
  const ended = await readStreams(server.url, ['callshistory'], { state: { bookmarks } });
  server.stop();
  expect(ended.code, ended.stderr).toBe(0);
  expect(server.asked[0]?.query['$filter']).toBeUndefined();
  expect(rowsOf(ended.messages, 'callshistory')).toBe(3);
});

it('ignores a bookmark from a clock that was years ahead', async () => {
  const server = await serve({ callshistory: [{ id: 1, startDate: dated(-1) }] });
  const state = { bookmarks: { callshistory: { replication_key_value: '2099-01-01T00:00:00Z' } } };
  const ended = await readStreams(server.url, ['callshistory'], { state });
  server.stop();
  expect(rowsOf(ended.messages, 'callshistory')).toBe(1);
  const bookmark = lastState(ended.messages)?.bookmarks['callshistory'];
  expect(String(bookmark?.['replication_key_value']) < '2099').toBe(true);
});
