import { describe, expect, it } from 'vitest';
import { dated, many, lastState, readStreams, serve, type Message, type Row } from './scripted.ts';

const CALL = (id: number): Row => ({ id, startDate: dated(-id), leadId: 7 });
const TASK = (id: number): Row => ({ id, dueDate: dated(-id), leadId: 7 });

/** The case, the set, its streams, the row that cannot be sent, and the stream of that row. */
const CASES: readonly [string, string, readonly string[], readonly Row[], string][] = [
  ['a null key', 'stages', ['stages'], [{ id: null, value: 'x' }], 'stages'],
  ['a missing key', 'stages', ['stages'], [{ value: 'x' }], 'stages'],
  ['a key of 1.5', 'stages', ['stages'], [{ id: 1.5, value: 'x' }], 'stages'],
  ['a null key in a window', 'tasks', ['tasks'], [{ ...TASK(3), id: null }], 'tasks'],
  [
    'a null key in an incremental stream',
    'callshistory',
    ['callshistory'],
    [{ ...CALL(3), id: null }],
    'callshistory',
  ],
  ['a null second key column', 'losts', ['losts'], [{ leadId: 1, date: null }], 'losts'],
  [
    'a null key of a child',
    'sources',
    ['sources', 'sources__subSources'],
    [{ id: 9, subSources: [{ id: null, value: 'x' }] }],
    'sources__subSources',
  ],
  [
    'a child that is not an object',
    'sources',
    ['sources', 'sources__subSources'],
    [{ id: 9, subSources: ['x'] }],
    'sources__subSources',
  ],
  [
    'children that are not a list',
    'sources',
    ['sources', 'sources__subSources'],
    [{ id: 9, subSources: { id: 4 } }],
    'sources__subSources',
  ],
];

const GOOD: Readonly<Record<string, (id: number) => Row>> = {
  stages: (id) => ({ id, value: `stage ${id}` }),
  sources: (id) => ({ id, subSources: [{ id: 100 + id, value: 'y' }] }),
  tasks: TASK,
  callshistory: CALL,
  losts: (id) => ({ leadId: id, date: dated(-id) }),
};

async function read(
  set: string,
  streams: readonly string[],
  bad: readonly Row[],
  more: { readonly settings?: object; readonly state?: unknown } = {},
): Promise<Awaited<ReturnType<typeof readStreams>> & { readonly filters: readonly string[] }> {
  const rows = [...many(40, (index) => (GOOD[set] ?? CALL)(index + 1)), ...bad];
  const server = await serve({ [set]: rows });
  const ended = await readStreams(server.url, streams, more);
  server.stop();
  return { ...ended, filters: server.asked.map(({ query }) => query['$filter'] ?? '') };
}

/** Returns the streams whose missing rows are declared as deleted. */
function deleting(messages: readonly Message[]): string[] {
  return messages.flatMap(({ type, stream = '', schema }) =>
    type === 'ACTIVATE_VERSION' || schema?.['x-covered'] !== undefined ? [stream] : [],
  );
}

describe('a row without a usable key', () => {
  it.each(CASES)(
    'fails the read of its stream and deletes nothing: %s',
    async (_case, set, streams, bad, stream) => {
      const { code, stderr, messages } = await read(set, streams, bad);
      expect(code, stderr).toBe(1);
      expect(stderr).toMatch(
        new RegExp(`${stream}: could not send 1 row without a usable key; it is .*row \\d+ of /`),
      );
      expect(stderr).toContain(`Could not read all rows of ${stream};`);
      expect(deleting(messages)).not.toContain(stream);
      const bookmark = lastState(messages)?.bookmarks[stream];
      expect(bookmark?.['full_read_at']).toBeUndefined();
      expect(bookmark?.['replication_key_value']).toBeUndefined();
    },
  );

  it.each(CASES)(
    'is skipped if on_unusable_row is skip: %s',
    async (_case, set, streams, bad, stream) => {
      const { code, stderr, messages } = await read(set, streams, bad, {
        settings: { on_unusable_row: 'skip' },
      });
      expect(code, stderr).toBe(0);
      expect(stderr).toContain(`WARNING ${stream}: could not send 1 row without a usable key`);
      expect(deleting(messages)).toContain(stream);
      expect(lastState(messages)?.bookmarks[stream]?.['full_read_at']).toBeDefined();
    },
  );

  it('leaves the bookmark of an incremental read unchanged', async () => {
    const before = {
      replication_key: 'startdate',
      ...{ replication_key_value: dated(-5), full_read_at: dated(-6), version: 1 },
    };
    const { code, messages } = await read(
      ...(['callshistory', ['callshistory'], [{ ...CALL(2), id: null }]] as const),
      { state: { bookmarks: { callshistory: before } } },
    );
    expect(code).toBe(1);
    expect(lastState(messages)?.bookmarks['callshistory']).toMatchObject(before);
  });

  it('does not cause a complete read in every run', async () => {
    const arguments_ = ['callshistory', ['callshistory'], [{ ...CALL(20), id: null }]] as const;
    const first = await read(...arguments_);
    expect(first.code).toBe(1);
    const state = lastState(first.messages);
    const next = await read(...arguments_, { state });
    expect(next.code, next.stderr).toBe(0);
    expect(next.filters.every((filter) => filter.includes('startDate ge'))).toBe(true);
    expect(deleting(next.messages)).toEqual([]);

    const old = { ...state?.bookmarks['callshistory'], incomplete_read_at: dated(-8) };
    const later = await read(...arguments_, { state: { bookmarks: { callshistory: old } } });
    expect(later.code).toBe(1);
    expect(later.stderr).toContain('Could not read all rows of callshistory');
  });

  it('is remembered when an interrupted read is resumed', async () => {
    const markers = {
      ...{ path: '/callsHistory', after: 20, started_at: dated(-1), complete: true, version: 5 },
      ...{ unusable: 'callshistory' },
    };
    const state = { bookmarks: { callshistory: { progress_markers: markers } } };
    const { code, stderr, messages } = await read('callshistory', ['callshistory'], [], { state });
    expect(code, stderr).toBe(1);
    expect(stderr).toContain('it is a row of an interrupted run');
    expect(deleting(messages)).toEqual([]);
  });
});
