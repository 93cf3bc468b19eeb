import { describe, expect, it } from 'vitest';
import { lastState, readStreams, rowsOf, serve, type Row, type Script } from './scripted.ts';
import { file, tap } from './tap.ts';

const TOKEN = 'canary-of-scripts';

/** Answers requests for some paths with 404. */
const lacks =
  (...paths: readonly string[]): Script =>
  (answer, asked) => {
    if (paths.includes(asked.path)) answer.status = 404;
  };

const stages: Row[] = [{ id: 1, value: 'Entrada', funnelId: 6021 }];

describe('an optional endpoint that answers 404', () => {
  it('causes a warning and deletes nothing', async () => {
    const server = await serve({ stages }, lacks('funnels', 'products'));
    const ended = await readStreams(server.url, ['funnels', 'products', 'stages']);
    server.stop();
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toMatch(/WARNING GET \/Funnels answered 404.*the run continues/);
    const activated = ended.messages.filter(({ type }) => type === 'ACTIVATE_VERSION');
    expect(activated.map(({ stream }) => stream)).toEqual(['stages']);
    expect(Object.keys(lastState(ended.messages)?.bookmarks ?? {})).toEqual(['stages']);
  });

  it.each([
    [3, 1],
    [0, 0],
  ])(
    'and had a page of %i rows in an earlier run ends the run with exit code %i',
    async (rows, code) => {
      const server = await serve({ stages }, lacks('funnels'));
      const state = { bookmarks: { funnels: { version: 1, longest_page: rows } } };
      const ended = await readStreams(server.url, ['funnels', 'stages'], { state });
      server.stop();
      expect(ended.code, ended.stderr).toBe(code);
      const activated = ended.messages.filter(({ type }) => type === 'ACTIVATE_VERSION');
      expect(activated.map(({ stream }) => stream)).toEqual(['stages']);
      expect(lastState(ended.messages)?.bookmarks['funnels']).toMatchObject({ longest_page: rows });
    },
  );

  it('also causes only a warning with --test', async () => {
    const server = await serve({ stages }, lacks('funnels'));
    const config = file('tap.json', { api_token: TOKEN, api_url: server.url, max_retries: 0 });
    const catalog = file('catalog.json', {
      streams: [{ stream: 'funnels' }, { stream: 'stages' }],
    });
    const ended = await tap(['--config', config, '--catalog', catalog, '--test']);
    server.stop();
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stdout).toContain('"RECORD"');
  });

  it('is read under the other spelling of its path', async () => {
    const discardreason = [{ id: 1, value: 'Sem orçamento' }];
    const server = await serve({ discardreason }, lacks('discardreasons'));
    const ended = await readStreams(server.url, ['discardreasons']);
    server.stop();
    expect(ended.code, ended.stderr).toBe(0);
    expect(rowsOf(ended.messages, 'discardreasons')).toBe(1);
  });
});

it('a run fails if a required endpoint answers 404', async () => {
  const server = await serve({}, lacks('stages'));
  const ended = await readStreams(server.url, ['stages']);
  server.stop();
  expect(ended.code).toBe(1);
});

describe('the optional streams', () => {
  it('are not read unless the catalog selects them', async () => {
    const server = await serve({});
    const config = file('tap.json', { api_token: TOKEN, api_url: server.url });
    const ended = await tap(['--config', config, '--test=schema']);
    server.stop();
    const streams = ended.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { stream: string }).stream);
    expect(streams).toHaveLength(23);
    expect(streams).toContain('funnels');
    expect(streams).not.toContain('products');
  });

  it('contain the known columns', async () => {
    const at = '2026-09-02T19:05:11.482Z';
    const sets: Record<string, Row[]> = {
      transferhistory: [{ leadId: 1, originUserId: 2, destinationUserId: 3, createdAt: at }],
      customfields: [
        { key: '_a', name: 'A', type: 'Lista', options: [{ id: 1, value: 'x' }, { value: 'y' }] },
      ],
      products: [{ id: 1, name: 'P', description: 'd' }],
      recommendedproducts: [
        {
          leadId: 1,
          productId: 2,
          quantity: 2.5,
          labelValue: 10,
          amount: 25,
          descountType: 'Nenhum',
          descountValue: 0,
        },
      ],
      pendingfeedbacks: [
        {
          ...{ meetingId: 1, leadId: 2, leadName: 'L', stageId: 3, stageName: 'S', sellerId: 4 },
          ...{ sellerName: 'B', sellerLastName: 'C', date: '2026-09-08T21:50:00' },
        },
      ],
      taskstype: [{ id: 1, value: 'Retorno' }],
      groups: [{ id: 1, name: 'SDR', users: ['a@b.c', 'd@e.f'] }],
      users: [
        { id: 1, name: 'Ana', lastName: 'Souza', email: 'a@b.c', active: true, groupList: ['SDR'] },
      ],
    };
    const server = await serve(sets);
    const streams = ['transferhistory', 'customfields', 'customfields__options', 'products'];
    const others = ['recommendedproducts', 'pendingfeedbacks', 'taskstypes', 'groups', 'users'];
    const ended = await readStreams(server.url, [...streams, ...others]);
    server.stop();
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).not.toContain('WARNING');
    const records = (stream: string): Row[] =>
      ended.messages
        .filter((message) => message.stream === stream)
        .flatMap(({ record }) => (record ? [record] : []));
    expect(records('transferhistory')).toEqual([
      { leadid: 1, originuserid: 2, destinationuserid: 3, createdat: at },
    ]);
    expect(records('customfields')).toEqual([
      { key: '_a', name: 'A', type: 'Lista', active: null },
    ]);
    expect(records('customfields__options')).toEqual([
      { customfields_key: '_a', options_id: '1', options_value: 'x', position: 0 },
      { customfields_key: '_a', options_id: null, options_value: 'y', position: 1 },
    ]);
    expect(records('recommendedproducts')).toMatchObject([
      { leadid: 1, productid: 2, labelvalue: 10, discounttype: 'Nenhum', discountvalue: 0 },
    ]);
    expect(records('pendingfeedbacks')).toMatchObject([
      { meetingid: 1, sellerlastname: 'C', date: '2026-09-08T21:50:00Z' },
    ]);
    expect(records('taskstypes')).toEqual([{ id: 1, value: 'Retorno' }]);
    expect(records('groups')).toEqual([{ name: 'SDR', id: '1', users: 'a@b.c, d@e.f' }]);
    expect(records('users')).toMatchObject([{ id: 1, grouplist: 'SDR', lastname: 'Souza' }]);
  });
});
