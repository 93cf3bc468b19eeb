import { describe, expect, it } from 'vitest';
import { dated, many, readStreams, serve, type Message, type Row } from './scripted.ts';
import { fewEach, PAGE, readSets, splitsOf, type Read, type Served } from './split-sets.ts';

/** The progress of a read in key ranges, as the state holds it. */

/** Dated so that the second read of a run, which reads what has changed, finds hardly any of them. */
const leads: Row[] = many(17 * PAGE, (index) => ({
  ...{ id: 3 * index + 7, lead: `lead ${index}` },
  updateDate: dated(-2 - (17 * PAGE - index)),
}));
const transferhistory: Row[] = fewEach(100).flatMap((size, lead) =>
  many(size, (index) => ({ leadId: lead, createdAt: dated(-20 - lead - index / 24) })),
);
const SETS = { leads, transferhistory };
/** Slow enough for several readers of few pages. */
const latencyMs = 150;

/** The markers of reads by their name. */
type Progress = Readonly<Record<string, Markers>>;
type Bookmark = Row & { readonly progress?: Progress };
interface Markers {
  readonly after: number;
  readonly ranges?: string;
  readonly version?: number;
  readonly started_at: string;
}
interface State {
  readonly bookmarks: Readonly<Record<string, Bookmark>>;
}

/** Returns each STATE of a run, and the messages before it. */
function statesIn(
  messages: readonly Message[],
): { readonly state: State; readonly before: readonly Message[] }[] {
  return messages.flatMap(({ value }, at) =>
    value === undefined ? [] : [{ state: value, before: messages.slice(0, at) }],
  );
}

function progressIn(messages: readonly Message[], stream: string): Progress[] {
  return statesIn(messages).map(({ state }) => state.bookmarks[stream]?.progress ?? {});
}

function markersIn(messages: readonly Message[], stream: string): Markers[] {
  return progressIn(messages, stream).flatMap((progress) => Object.values(progress));
}

const rangesIn = (messages: readonly Message[], stream: string): Markers[] =>
  markersIn(messages, stream).filter(({ ranges = '' }) => ranges.includes(' '));

/** Returns the distinct keys of the records of a stream, each as text. */
function keysIn(messages: readonly Message[], stream: string): Set<string> {
  return new Set(
    messages.flatMap(({ record, ...message }) =>
      record !== undefined && message.stream === stream
        ? [[record['id'], record['leadid'], record['createdat']].join(' ').trim()]
        : [],
    ),
  );
}

/** Returns how many rows of the set are not among the records. */
function missing(messages: readonly Message[], stream: keyof typeof SETS): number {
  return SETS[stream].length - keysIn(messages, stream).size;
}

async function expectRead(
  served: Served = {},
  sets: Readonly<Record<string, readonly Row[]>> = SETS,
): Promise<Read> {
  const read = await readSets(sets, { latencyMs, ...served });
  expect(read.code, read.stderr).toBe(0);
  for (const path of Object.keys(sets)) {
    expect(splitsOf(read.asked, path).length).toBeGreaterThan(0);
  }
  return read;
}

it('a run from any STATE sends all rows that were not sent before it', async () => {
  const { messages } = await expectRead();
  const states = statesIn(messages);
  for (const stream of ['leads', 'transferhistory'] as const) {
    expect(missing(messages, stream)).toBe(0);
    expect(rangesIn(messages, stream).length).toBeGreaterThan(8);
  }
  const server = await serve(SETS);
  const waiting = [...states];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { state, before } = next;
      const settings = { page_size: PAGE };
      const later = await readStreams(server.url, Object.keys(SETS), { settings, state });
      expect(later.code, later.stderr).toBe(0);
      const sent = [...before, ...later.messages];
      const lost = [missing(sent, 'leads'), missing(sent, 'transferhistory')];
      expect(lost, JSON.stringify(state)).toEqual([0, 0]);
    }
  };
  await Promise.all([work(), work(), work()]);
  server.stop();
}, 240_000);

it('a run from a STATE of a continued read sends all rows that were not sent before it', async () => {
  const first = statesIn((await expectRead()).messages);
  const { state, before } = first[Math.floor(first.length / 3)] ?? {};
  const second = await readSets(SETS, { state, latencyMs });
  const states = statesIn(second.messages);
  for (const share of [0.1, 0.3, 0.5]) {
    const { state: last, before: between = [] } = states[Math.floor(share * states.length)] ?? {};
    const { messages } = await readSets(SETS, { state: last, latencyMs: 0 });
    const sent = [...(before ?? []), ...between, ...messages];
    expect([missing(sent, 'leads'), missing(sent, 'transferhistory')]).toEqual([0, 0]);
  }
});

describe('all rows were sent before a STATE', () => {
  /** The first page fills the queue of the output; while it is written, the set is divided. */
  const sets = {
    leads: many(60 * PAGE, (index) => ({
      ...{ id: 3 * index + 7, lead: 'x'.repeat(index < PAGE ? 300_000 : 9000) },
      updateDate: dated(-9),
    })),
  };

  it.each<[string, (id: number, markers: Markers) => boolean]>([
    ['up to `after`, for versions that know only `after`', (id, { after }) => id <= after],
    ['unless they are in its ranges', (id, markers) => !isUnread(id, markers)],
  ])('%s', async (_case, isRead) => {
    // A slow reader makes pages wait until they are written.
    const served = { settings: { concurrency: 20 }, latencyMs: 100, pauseMs: 12 };
    const { messages } = await expectRead(served, sets);
    const sent = new Set<number>();
    for (const { type, record, value } of messages) {
      if (type === 'RECORD') sent.add(Number(record?.['id']));
      const [markers] = Object.values(
        (value as State | undefined)?.bookmarks['leads']?.progress ?? {},
      );
      if (!markers) continue;
      const ids = sets.leads.map(({ id }) => id);
      expect(ids.filter((id) => isRead(id, markers) && !sent.has(id))).toEqual([]);
    }
  });
});

/** True if a row has not been read, as a state says. */
function isUnread(id: number, { after, ranges }: Markers): boolean {
  const bounds = (ranges ?? `${after}:`).split(' ').map((range) => range.split(':'));
  return bounds.some(([from, to]) => id > Number(from) && (to === '' || id <= Number(to)));
}

describe('the progress in the state', () => {
  it('is an object whose only key is the version of a complete read', async () => {
    const { messages } = await expectRead();
    for (const progress of progressIn(messages, 'leads')) {
      const versions = Object.values(progress).map(({ version }) => String(version));
      expect(Object.keys(progress)).toEqual(versions);
    }
    const sent = messages.filter(({ type, stream }) => type === 'RECORD' && stream === 'leads');
    const versions = new Set(markersIn(messages, 'leads').map(({ version }) => version));
    expect(versions).toEqual(new Set(sent.map(({ version }) => version)));
  });

  it('is an object whose only key is the start of a read without a version', async () => {
    const date = dated(-1);
    const bookmark = { replication_key_value: dated(-2000), full_read_at: date, version: 5 };
    const state = { bookmarks: { leads: bookmark, transferhistory: bookmark } };
    const { messages } = await expectRead({ state });
    const all = progressIn(messages, 'leads').filter((one) => Object.keys(one).length > 0);
    expect(all.length).toBeGreaterThan(0);
    for (const progress of all) {
      const starts = Object.values(progress).map(({ started_at: at }) => String(Date.parse(at)));
      expect(Object.keys(progress)).toEqual(starts);
    }
  });

  it('has up to 2 KB with 64 readers and IDs of 16 digits', async () => {
    const sets = {
      leads: many(160 * PAGE, (index) => ({
        ...{ id: 9_007_199_254_740_991 - 1_000_003 * (160 * PAGE - index), lead: `${index}` },
        updateDate: dated(-9),
      })),
    };
    const settings = { concurrency: 64 };
    const { messages } = await readSets(sets, { settings, latencyMs: 250 });
    expect(keysIn(messages, 'leads').size).toBe(sets.leads.length);
    const counts = markersIn(messages, 'leads').map(({ ranges = '' }) => ranges.split(' ').length);
    expect(Math.max(...counts)).toBeGreaterThan(24);
    const all = progressIn(messages, 'leads');
    const longest = Math.max(...all.map((progress) => JSON.stringify({ progress }).length));
    expect(longest).toBeLessThanOrEqual(2048);
  });
});

describe.concurrent('all rows after `after` are read', () => {
  const markers = {
    ...{ path: '/Leads', after: 307, started_at: dated(-1), complete: true, version: 5 },
  };
  it.each<[string, unknown]>([
    ['if the state has no ranges, as in earlier versions', undefined],
    ['if the ranges are an array', ['307:400']],
    ['if the ranges are an object', { 5: '307:400' }],
    ['if the ranges are null', null],
    ['if the ranges are a number', 307],
    ['if the ranges are empty', ''],
    ['if a range has no end', '307'],
    ['if a range has no number', 'x:y'],
    ['if a range has three numbers', '307:400:500'],
    ['if a number has two points', '307:4.0.0'],
    ['if a number is too large', '307:400 1e999:'],
    ['if the ranges end with a space', '307:400 '],
  ])('%s', async (_case, ranges) => {
    const progress = { ...markers, ...(ranges !== undefined && { ranges }) };
    const member = ranges === undefined ? 'progress_markers' : 'progress';
    const bookmark = { [member]: ranges === undefined ? progress : { 5: progress } };
    const state = { bookmarks: { leads: bookmark } };
    const { code, stderr, messages } = await readSets({ leads }, { state, latencyMs: 0 });
    expect(code, stderr).toBe(0);
    const sent = keysIn(messages, 'leads');
    expect(leads.filter(({ id }) => Number(id) > 307 && !sent.has(String(id)))).toEqual([]);
    expect(sent.has(String(leads[0]?.['id']))).toBe(false);
  });
});

it('only the ranges in the state are read again', async () => {
  const progress = {
    ...{ path: '/Leads', after: 307, started_at: dated(-1), complete: true, version: 5 },
    ranges: '307:400 700:760 1000:',
  };
  // A program that merges states may have kept the markers of earlier reads.
  const earlier = { ...progress, after: 1, ranges: '1:2', started_at: dated(-2), version: 4 };
  const bookmark = { progress_markers: null, progress: { 4: earlier, 5: progress } };
  const state = { bookmarks: { leads: bookmark } };
  const { messages } = await readSets({ leads }, { state, latencyMs: 0 });
  const sent = keysIn(messages, 'leads');
  const isUnread = (id: number): boolean =>
    (id > 307 && id <= 400) || (id > 700 && id <= 760) || id > 1000;
  const expected = leads.filter(({ id }) => isUnread(Number(id)));
  expect(sent).toEqual(new Set(expected.map(({ id }) => String(id))));
});

it.each<[string, Bookmark]>([
  ['the first complete read', {}],
  [
    'a later complete read',
    {
      ...{ replication_key: 'updatedate', replication_key_value: dated(-100) },
      ...{ version: 5, full_read_at: dated(-100), read_at: dated(-100), rows_read: 300 },
    },
  ],
])('the bookmark moves only at the end of %s', async (_case, bookmark) => {
  const state = { bookmarks: { leads: bookmark, transferhistory: {} } };
  const { messages } = await expectRead({ state });
  const members = ['replication_key_value', 'version', 'full_read_at', 'read_at', 'rows_read'];
  const kept = (of: Bookmark | undefined): unknown[] => members.map((member) => of?.[member]);
  const isLead = ({ type, stream }: Message): boolean => type === 'RECORD' && stream === 'leads';
  const last = messages.findLastIndex(isLead);
  const end = messages.findIndex(
    ({ type, stream }) => type === 'ACTIVATE_VERSION' && stream === 'leads',
  );
  expect(end).toBeGreaterThan(last);
  const states = statesIn(messages);
  const during = states.filter(({ before }) => before.length < end);
  expect(during.length).toBeGreaterThan(10);
  for (const { state: one } of during) expect(kept(one.bookmarks['leads'])).toEqual(kept(bookmark));
  const after = states.at(-1)?.state.bookmarks['leads'];
  expect(after).toMatchObject({ rows_read: leads.length, progress: {} });
  expect(after?.['version']).not.toBe(bookmark['version']);
  expect(Date.parse(String(after?.['full_read_at']))).toBeGreaterThan(Date.parse(dated(-1)));
  expect(after?.['replication_key_value']).not.toBe(bookmark['replication_key_value']);
});
