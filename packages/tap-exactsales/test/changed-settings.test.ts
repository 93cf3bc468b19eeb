import { describe, expect, it } from 'vitest';
import {
  dated,
  lastState,
  many,
  readStreams,
  rowsOf,
  serve,
  type Asked,
  type Message,
  type Row,
} from './scripted.ts';

/** What a run does if a setting has changed since the state was written. */

const callshistory: Row[] = many(300, (index) => ({
  id: index + 1,
  startDate: dated(index - 300),
}));
const leads: Row[] = many(30, (index) => ({ id: index + 1, updateDate: dated(index - 40) }));
const meetings: Row[] = many(40, (index) => ({
  id: index + 1,
  startTime: dated(index - 300).slice(0, 19),
}));
const sets = { callshistory, leads, meetings };

interface Run {
  readonly messages: readonly Message[];
  readonly asked: readonly Asked[];
  readonly stderr: string;
}

/** Runs the tap once for each of some settings, each time from the state of the run before. */
async function runs(streams: readonly string[], settings: readonly object[]): Promise<Run[]> {
  const done: Run[] = [];
  for (const some of settings) {
    const server = await serve(sets);
    const state = done.at(-1) && lastState(done.at(-1)?.messages ?? []);
    const more = state && { state };
    const { code, stderr, messages } = await readStreams(server.url, streams, {
      settings: some,
      ...more,
    });
    server.stop();
    expect(code, stderr).toBe(0);
    done.push({ messages, asked: server.asked, stderr });
  }
  return done;
}

const typesOf = ({ messages }: Run): string[] => messages.map(({ type }) => type);
const coveredIn = ({ messages }: Run): unknown[] =>
  messages.flatMap(({ schema }) => schema?.['x-covered'] ?? []);

describe('start_date', () => {
  it('reads only the missing rows if it becomes earlier', async () => {
    const [first, second, third] = await runs(
      ['callshistory'],
      [{ start_date: dated(-100) }, { start_date: dated(-200) }, { start_date: dated(-200) }],
    );
    expect(rowsOf(first?.messages ?? [], 'callshistory')).toBe(100);
    // The missing rows, and those of the lookback.
    const more = rowsOf(second?.messages ?? [], 'callshistory');
    expect(more).toBeGreaterThanOrEqual(100);
    expect(more).toBeLessThan(110);
    expect(second && typesOf(second)).not.toContain('ACTIVATE_VERSION');
    expect(rowsOf(third?.messages ?? [], 'callshistory')).toBeLessThan(10);
  });

  it('reads all missing rows if it is removed', async () => {
    const [, second] = await runs(['callshistory'], [{ start_date: dated(-100) }, {}]);
    expect(rowsOf(second?.messages ?? [], 'callshistory')).toBeGreaterThanOrEqual(200);
  });

  it('reads the missing part of a window, which only that range replaces', async () => {
    const [, second] = await runs(
      ['meetings'],
      [{ start_date: dated(-280) }, { start_date: dated(-290) }],
    );
    expect(rowsOf(second?.messages ?? [], 'meetings')).toBe(10);
    expect(second && typesOf(second)).not.toContain('ACTIVATE_VERSION');
    const [missing] = second ? coveredIn(second) : [];
    expect(missing).toMatchObject({
      from: expect.stringMatching(dated(-290).slice(0, 10)) as string,
    });
  });

  it('causes no complete read and deletes nothing if it moves on every night', async () => {
    const [, second, third] = await runs(
      ['callshistory', 'leads'],
      [-100, -99, -98].map((days) => ({ start_date: dated(days) })),
    );
    for (const run of [second, third]) {
      expect(run && typesOf(run)).not.toContain('ACTIVATE_VERSION');
      expect(rowsOf(run?.messages ?? [], 'callshistory')).toBeLessThan(10);
    }
  });

  it('deletes nothing before it if it has become later when a complete read is due', async () => {
    const settings = { full_refresh_days: 0.000_000_1 };
    const [, second, third] = await runs(
      ['callshistory'],
      [
        { start_date: dated(-200) },
        { start_date: dated(-100), ...settings },
        { start_date: dated(-200), ...settings },
      ],
    );
    expect(second && typesOf(second)).not.toContain('ACTIVATE_VERSION');
    const [covered] = second ? coveredIn(second) : [];
    const day = expect.stringContaining(dated(-100).slice(0, 10)) as string;
    expect(covered).toMatchObject({ column: 'startdate', from: day });
    expect(third && typesOf(third)).toContain('ACTIVATE_VERSION');
  });
});

describe('timezone', () => {
  it('reads a stream completely once if its dates are read in the zone', async () => {
    const zone = { timezone: 'America/Manaus' };
    const [, second, third] = await runs(['meetings', 'leads'], [{}, zone, zone]);
    expect(rowsOf(second?.messages ?? [], 'meetings')).toBe(40);
    expect(rowsOf(second?.messages ?? [], 'leads')).toBeLessThan(30);
    expect(rowsOf(third?.messages ?? [], 'meetings')).toBe(0);
  });
});

describe('the state', () => {
  it('has no null, and no member that is an object in one state only', async () => {
    const [first, second] = await runs(
      ['leads', 'meetings', 'callshistory'],
      [{ page_size: 10 }, {}],
    );
    const kinds = new Map<string, Set<string>>();
    for (const { value } of [...(first?.messages ?? []), ...(second?.messages ?? [])]) {
      for (const bookmark of Object.values(value?.bookmarks ?? {})) {
        for (const [name, member] of Object.entries(bookmark)) {
          expect(member, name).not.toBeNull();
          kinds.set(name, (kinds.get(name) ?? new Set()).add(typeof member));
        }
      }
    }
    expect(kinds.get('progress')).toEqual(new Set(['object']));
    for (const [name, types] of kinds) expect(types.size, name).toBe(1);
  });

  it('may be a complete one with a partial one, which overrides it', async () => {
    const old = { replication_key_value: dated(-300), full_read_at: dated(-1), version: 1 };
    const completed = { singer_state: { bookmarks: { callshistory: old, leads: old } } };
    const newer = { replication_key_value: dated(-20), progress: {} };
    const partial = { singer_state: { bookmarks: { callshistory: newer } } };
    const server = await serve(sets);
    const state = { completed, partial };
    const read = await readStreams(server.url, ['callshistory'], { state });
    server.stop();
    expect(read.code, read.stderr).toBe(0);
    expect(rowsOf(read.messages, 'callshistory')).toBe(21);
    expect(lastState(read.messages)?.bookmarks['leads']).toMatchObject({ version: 1 });
  });
});

describe('start_date with rows that cannot be sent or that lack something', () => {
  it('does not hold up new rows if a row of the missing range has no key', async () => {
    const broken = { callshistory: [...callshistory, { id: null, startDate: dated(-150) }] };
    const [first] = await runs(['callshistory'], [{ start_date: dated(-100) }]);
    const server = await serve(broken);
    const settings = { start_date: dated(-200), full_refresh_days: 0 };
    const state = lastState(first?.messages ?? []);
    const second = await readStreams(server.url, ['callshistory'], { settings, state });
    const third = await readStreams(server.url, ['callshistory'], {
      settings,
      state: lastState(second.messages),
    });
    server.stop();
    expect(second.code).toBe(1);
    expect(rowsOf(second.messages, 'callshistory')).toBeGreaterThan(100);
    expect(third.code, third.stderr).toBe(0);
    expect(rowsOf(third.messages, 'callshistory')).toBeLessThan(10);
  });

  it('reads older rows once more if only newer ones were read again', async () => {
    const earlier = { start_date: dated(-200), full_refresh_days: 0 };
    const later = { start_date: dated(-100), full_refresh_days: 0, calls_clock: 'wall' };
    const [, second, third] = await runs(
      ['callshistory'],
      [earlier, later, { ...earlier, calls_clock: 'wall' }],
    );
    expect(rowsOf(second?.messages ?? [], 'callshistory')).toBeLessThan(110);
    expect(rowsOf(third?.messages ?? [], 'callshistory')).toBeGreaterThanOrEqual(100);
  });
});
