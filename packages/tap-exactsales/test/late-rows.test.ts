import { describe, expect, it } from 'vitest';
import { dated, readStreams, serve, type Message, type Row, type Script } from './scripted.ts';

const ids = (messages: readonly Message[], stream: string): unknown[] => [
  ...new Set(
    messages.flatMap((message) =>
      message.type === 'RECORD' && message.stream === stream ? [message.record?.['id']] : [],
    ),
  ),
];

describe('rows entered late are read by the next run', () => {
  const leadssold = [-100, -70, -45, -5].map((days, id) => ({ id, saleDate: dated(days) }));
  const state = {
    bookmarks: {
      leadssold: {
        replication_key: 'saledate',
        ...{ replication_key_value: dated(-2), read_at: dated(-2), full_read_at: dated(-2) },
        read_with: { mapping: 2 },
      },
    },
  };

  it.each<[string, object, number[]]>([
    ['up to 60 days after the date of a sale', {}, [2, 3]],
    [
      'up to lookback_days after the date of a sale, if lookback_days is longer',
      { lookback_days: 80 },
      [1, 2, 3],
    ],
    [
      'up to 60 days after the date of a sale, if lookback_days is shorter',
      { lookback_days: 1 },
      [2, 3],
    ],
    ['not at all, if lookback_days is 0', { lookback_days: 0 }, []],
  ])('%s', async (_case, settings, expected) => {
    const server = await serve({ leadssold });
    const { code, stderr, messages } = await readStreams(server.url, ['leadssold'], {
      settings,
      state,
    });
    server.stop();
    expect(code, stderr).toBe(0);
    expect(ids(messages, 'leadssold')).toEqual(expected);
  });
});

describe('tasks without a due date', () => {
  const tasks: Row[] = [
    { id: 1, dueDate: dated(-3) },
    { id: 2, dueDate: null },
    { id: 3, dueDate: '0001-01-01T00:00:00Z' },
    { id: 4, dueDate: dated(-4) },
    { id: 5, dueDate: dated(900) },
  ];
  const refuses =
    (pattern: RegExp): Script =>
    (answer, { query }) => {
      if (!pattern.test(query['$filter'] ?? '')) return;
      answer.status = 400;
      answer.envelope = { error: { message: 'no' } };
    };
  const respectsAll = (): boolean => true;
  const start = { settings: { start_date: '2020-01-01' } };
  const bookmark = { version: 1, replication_key_value: dated(-1), full_read_at: dated(-1) };
  const later = { state: { bookmarks: { tasks: bookmark } } };
  const accepts: Script = () => undefined;
  const ignoresNull = (clause: string): boolean => !clause.includes(' null');

  it.each<[string, object, Script, (clause: string) => boolean, number[]]>([
    ['are read', {}, accepts, respectsAll, [1, 2, 3, 4]],
    ['are read if start_date is set', start, accepts, respectsAll, [1, 4, 2, 3]],
    ['are read by a later run', later, accepts, respectsAll, [1, 4, 2, 3]],
    ['are read if the API rejects "or"', later, refuses(/ or /), respectsAll, [1, 4, 2, 3]],
    [
      'are found by reading the whole set if the API rejects null',
      start,
      refuses(/ null/),
      respectsAll,
      [1, 4, 2, 3],
    ],
    [
      'are found by reading the whole set if the API ignores null',
      start,
      accepts,
      ignoresNull,
      [1, 4, 2, 3],
    ],
  ])('%s', async (_case, options, script, respects, expected) => {
    const server = await serve({ tasks }, script, respects);
    const { code, stderr, messages } = await readStreams(server.url, ['tasks'], options);
    server.stop();
    expect(code, stderr).toBe(0);
    expect(ids(messages, 'tasks')).toEqual(expected);
    const last = messages.findLastIndex(({ type }) => type === 'RECORD');
    const deletes = messages.findIndex(({ schema }) => schema?.['x-covered'] !== undefined);
    expect(deletes).toBeGreaterThan(last);
  });

  it('are not read and not deleted before the next complete read if the API rejects null', async () => {
    const server = await serve({ tasks }, refuses(/ null|0002/));
    const { code, stderr, messages } = await readStreams(server.url, ['tasks'], later);
    server.stop();
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(
      '/Tasks: the API does not support a filter for rows without "dueDate"',
    );
    expect(ids(messages, 'tasks')).toEqual([1, 4]);
    expect(messages.some(({ schema }) => schema?.['x-covered'] !== undefined)).toBe(false);
  });
});

it('tasks without a due date are kept if an answer is empty by mistake', async () => {
  const tasks = [
    { id: 1, dueDate: dated(-3) },
    { id: 2, dueDate: null },
  ];
  let answers = 0;
  const server = await serve({ tasks }, (answer, { query }) => {
    if (query['$filter']?.includes(' null') && (answers += 1) === 1)
      answer.envelope = { value: [] };
  });
  const settings = { start_date: '2020-01-01' };
  const { code, stderr, messages } = await readStreams(server.url, ['tasks'], { settings });
  server.stop();
  expect(code, stderr).toBe(0);
  expect(ids(messages, 'tasks')).toEqual([1, 2]);
});

describe('custom fields whose pages all time out', () => {
  const leads = Array.from({ length: 250 }, (_, id) => ({ id: id + 1, lead: `lead ${id}` }));
  const leadscustomfields = leads.flatMap(({ id }) => [
    { leadId: id, id: '_a', value: 'x', updateDate: dated(-id) },
    { leadId: id, id: '_b', value: 'y', updateDate: null },
  ]);
  const times =
    (isFast: (filter: string) => boolean): Script =>
    (answer, { path, query }) => {
      if (path === 'leadscustomfields' && !isFast(query['$filter'] ?? '')) answer.status = 504;
    };

  it('are read in slices of 100 leads', async () => {
    const script = times((filter) => /leadId in \((?:\d+,){0,99}\d+\)/.test(filter));
    const server = await serve({ leads, leadscustomfields }, script);
    const settings = { start_date: '2020-01-01' };
    const ended = await readStreams(server.url, ['leadscustomfields'], { settings });
    server.stop();
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('/LeadsCustomFields: even small pages time out');
    const records = ended.messages.filter(({ type }) => type === 'RECORD');
    expect(new Set(records.map(({ record }) => JSON.stringify(record))).size).toBe(500);
  });

  it('are read completely if a page of leads or a slice is empty by mistake', async () => {
    for (const path of ['leads', 'leadscustomfields']) {
      const script = times((filter) => filter.includes(' in ('));
      let answers = 0;
      const server = await serve({ leads, leadscustomfields }, (...of) => {
        const [answer, asked] = of;
        script(...of);
        const isMistake = asked.path === path && (asked.query['$orderby'] ?? '') !== '';
        if (isMistake && answer.status === 200 && (answers += 1) === 1) {
          answer.envelope = { '@odata.count': 0, value: [] };
        }
      });
      const ended = await readStreams(server.url, ['leadscustomfields']);
      server.stop();
      expect(ended.code, ended.stderr).toBe(0);
      const records = ended.messages.filter(({ type }) => type === 'RECORD');
      expect(new Set(records.map(({ record }) => JSON.stringify(record))).size, path).toBe(500);
    }
  });

  it.each<[string, number, boolean, number]>([
    ['are rejected', 400, true, 0],
    ['time out', 504, true, 0],
    ['time out and the rows are not counted', 504, false, 1],
  ])(
    'are read in slices of one field if slices of leads %s',
    async (_case, status, isCounting, code) => {
      const script = times((filter) => filter.includes("id eq '_"));
      const customfields = [{ key: '_a' }, { key: '_b' }];
      const server = await serve({ leads, leadscustomfields, customfields }, (...of) => {
        const [answer, { query, isCount }] = of;
        if (!isCount || !isCounting) script(...of);
        if (query['$filter']?.includes(' in (')) answer.status = status;
      });
      const ended = await readStreams(server.url, ['leadscustomfields']);
      server.stop();
      expect(ended.code, ended.stderr).toBe(code);
      const records = ended.messages.filter(({ type }) => type === 'RECORD');
      expect(new Set(records.map(({ record }) => JSON.stringify(record))).size).toBe(500);
    },
  );

  it('fail the run if the slices time out as well', async () => {
    const server = await serve(
      { leads, leadscustomfields },
      times(() => false),
    );
    const ended = await readStreams(server.url, ['leadscustomfields']);
    server.stop();
    expect(ended.code, ended.stderr).toBe(1);
    expect(ended.stderr).toContain('Could not read all rows of leadscustomfields');
  });
});
