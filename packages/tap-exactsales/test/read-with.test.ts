import { describe, expect, it } from 'vitest';
import { dated, lastState, readStreams, serve, type Row, type Scripted } from './scripted.ts';
import { file, tap } from './tap.ts';

const sets: Readonly<Record<string, readonly Row[]>> = {
  leads: [1, 2].map((id) => ({ id, updateDate: dated(-40 * id), lead: 'A', cnpj: '1' })),
  leadssold: [1, 2].map((id) => ({ id, saleDate: dated(-400 * id) })),
  meetings: [1, 2].map((id) => ({ id, startTime: dated(-400 * id) })),
  qualificationhistories: [1, 2].map((id) => ({ leadId: id, qualificationDate: dated(-40 * id) })),
  leadscustomfields: [1, 2].map((id) => ({ leadId: id, id: '_a', updateDate: dated(-40 * id) })),
  callshistory: [1, 2].map((id) => ({ id, startDate: dated(-40 * id) })),
  tasks: [1, 2].map((id) => ({ id, dueDate: dated(-400 * id) })),
};
const STREAMS = [
  ...['leads', 'leadssold', 'meetings', 'qualifications', 'leadscustomfields'],
  ...['callshistory', 'tasks'],
];

const read = (
  server: Scripted,
  state: unknown,
  settings: object = {},
  streams: readonly string[] = STREAMS,
): ReturnType<typeof readStreams> =>
  readStreams(server.url, streams, { ...(state !== undefined && { state }), settings });

/** Returns the streams that a run has read completely. */
const complete = ({ messages }: Awaited<ReturnType<typeof read>>): string[] =>
  messages.flatMap(({ type, stream = '' }) => (type === 'ACTIVATE_VERSION' ? [stream] : [])).sort();

/** Removes the members that earlier versions did not store. */
function asEarlier(state: ReturnType<typeof lastState>): object {
  const bookmarks = Object.entries(state?.bookmarks ?? {}).map(([stream, bookmark]) => [
    stream,
    Object.fromEntries(Object.entries(bookmark).filter(([member]) => member !== 'read_with')),
  ]);
  return { bookmarks: Object.fromEntries(bookmarks) as object };
}

describe('a run', () => {
  it('reads only changes if the previous run had the same settings', async () => {
    const server = await serve(sets);
    const first = await read(server, undefined);
    const second = await read(server, lastState(first.messages));
    server.stop();
    expect([first.code, second.code], second.stderr).toEqual([0, 0]);
    expect(complete(first)).toEqual([...STREAMS].sort());
    expect(complete(second)).toEqual([]);
  });

  it('reads streams with new columns completely once if the previous run used an earlier version', async () => {
    const server = await serve(sets);
    const first = await read(server, undefined);
    const second = await read(server, asEarlier(lastState(first.messages)));
    const third = await read(server, lastState(second.messages));
    server.stop();
    expect(complete(second)).toEqual([
      'leadscustomfields',
      'leadssold',
      'meetings',
      'qualifications',
    ]);
    const sent = second.messages.filter(
      ({ type, stream }) => type === 'RECORD' && stream === 'meetings',
    );
    expect(sent).toHaveLength(2);
    expect(complete(third)).toEqual([]);
  });

  it('reads calls completely if the previous run had a different calls_clock', async () => {
    const server = await serve(sets);
    const first = await read(server, undefined);
    const second = await read(server, lastState(first.messages), { calls_clock: 'wall' });
    const third = await read(server, lastState(second.messages), { calls_clock: 'wall' });
    server.stop();
    expect(complete(second)).toEqual(['callshistory']);
    expect(complete(third)).toEqual([]);
  });

  it('reads everything completely if it starts to keep unknown fields, but not if it stops', async () => {
    const server = await serve(sets);
    const keep = { unknown_fields: 'keep', full_refresh_days: 0 };
    const first = await read(server, undefined);
    const second = await read(server, lastState(first.messages), keep);
    const third = await read(server, lastState(second.messages), keep);
    const fourth = await read(server, lastState(third.messages));
    const fifth = await read(server, lastState(fourth.messages), keep);
    server.stop();
    expect([second, third, fourth, fifth].map((ended) => complete(ended).length)).toEqual([
      ...[STREAMS.length, 0, 0, STREAMS.length],
    ]);
  });

  it('reads a stream completely if the previous run had fewer columns, but not if it had more', async () => {
    const server = await serve(sets);
    const config = file('tap.json', { api_token: 'canary-of-scripts', api_url: server.url });
    const run = async (
      columns: readonly string[],
      state?: unknown,
    ): Promise<Awaited<ReturnType<typeof read>>> => {
      const properties = Object.fromEntries(columns.map((column) => [column, {}]));
      const catalog = {
        streams: [{ tap_stream_id: 'leads', stream: 'leads', schema: { properties } }],
      };
      const given = state === undefined ? [] : ['--state', file('state.json', state)];
      const ended = await tap([
        '--config',
        config,
        '--catalog',
        file('catalog.json', catalog),
        ...given,
      ]);
      const lines = ended.stdout.trim().split('\n');
      return { ...ended, messages: lines.map((line) => JSON.parse(line) as never) };
    };
    const first = await run(['lead', 'cnpj']);
    const fewer = await run(['cnpj'], lastState(first.messages));
    const again = await run(['lead', 'cnpj'], lastState(fewer.messages));
    server.stop();
    expect([first, fewer, again].map((ended) => complete(ended).length)).toEqual([1, 0, 1]);
  });
});

describe('an interrupted read', () => {
  const markers = { path: '/callsHistory', after: 1, started_at: dated(-0.1), complete: true };

  it.each<[string, object, object, boolean]>([
    ['of an earlier version is resumed', {}, {}, true],
    ['of an earlier version starts over if the clock differs', {}, { calls_clock: 'wall' }, false],
    ['with a different read_with_hash starts over', { read_with_hash: 'x' }, {}, false],
  ])('%s', async (_case, more, settings, isContinued) => {
    const server = await serve(sets);
    const progress = { ...markers, version: 5, ...more };
    const bookmarks = { callshistory: { progress_markers: progress } };
    const ended = await read(server, { bookmarks }, settings, ['callshistory']);
    server.stop();
    expect(ended.code, ended.stderr).toBe(0);
    expect(server.asked[0]?.query['$filter'] === 'id gt 1').toBe(isContinued);
  });
});

it('every member of read_with in the state is a string or a number', async () => {
  const server = await serve(sets);
  const { messages } = await read(server, undefined);
  server.stop();
  for (const [stream, bookmark] of Object.entries(lastState(messages)?.bookmarks ?? {})) {
    const readWith = bookmark['read_with'] as Row;
    expect(
      Object.values(readWith).every((value) => ['string', 'number'].includes(typeof value)),
    ).toBe(true);
    expect(Object.keys(readWith).includes('calls_clock')).toBe(stream === 'callshistory');
    expect(readWith).toMatchObject({ unknown_fields: 'report' });
  }
});
