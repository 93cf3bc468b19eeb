import { describe, expect, it } from 'vitest';
import { lastState, many, type Asked, type Message, type Row, type Script } from './scripted.ts';
import {
  byLead,
  fewEach,
  inClusters,
  namesIn,
  namesOf,
  PAGE,
  pagesOf,
  readSets,
  someLarge,
  splitsOf,
  withIds,
  type Served,
} from './split-sets.ts';

/** Large sets are read in key ranges, several at a time. */

const stages = withIds(many(1000, (index) => index + 1));
const industries = withIds([1, 2, 3]);
const leadstages = byLead(someLarge(260));
const SETS = { stages, leadstages };
/** No lead has more rows than a page, so that no page inside a lead is requested by `$skip`. */
const SMALL_KEYS = { stages, leadstages: byLead(fewEach(300)) };

const rowsIn = (answer: Parameters<Script>[0]): readonly Row[] => answer.envelope['value'] as Row[];
const isLastRow = ({ query }: Asked): boolean => query['$orderby']?.includes('desc') === true;

const rejecting =
  (isRejected: (query: Asked['query']) => boolean): Script =>
  (answer, { query }) => {
    if (!isRejected(query)) return;
    answer.status = 400;
    answer.envelope = { error: { message: 'no' } };
  };

const ignoringSkip: Script = (answer, { query }, found) => {
  answer.envelope['value'] = found.slice(0, Number(query['$top'] ?? 500));
};

/** Sends the rows in the reverse order of what is asked for. */
const ignoringOrder: Script = (answer, { query }, found) => {
  const [skip, top] = [Number(query['$skip'] ?? 0), Number(query['$top'] ?? 500)];
  answer.envelope['value'] = found.toReversed().slice(skip, skip + top);
};

const counting =
  (count: (found: readonly Row[], page: readonly Row[]) => number | undefined): Script =>
  (answer, { isCount }, found) => {
    const counted = count(found, rowsIn(answer));
    if ('@odata.count' in answer.envelope) answer.envelope['@odata.count'] = counted;
    if (isCount) answer.status = 404;
  };

const capped =
  (rows: number): Script =>
  (answer) => {
    answer.envelope['value'] = rowsIn(answer).slice(0, rows);
  };

/** Answers the first request that matches with an empty page, for each set. */
const emptyOnce = (isMistaken: (asked: Asked) => boolean): Script => {
  const done = new Set<string>();
  return (answer, asked) => {
    if (done.has(asked.path) || asked.isCount || isLastRow(asked) || !isMistaken(asked)) return;
    done.add(asked.path);
    answer.envelope = { ...answer.envelope, value: [] };
    if ('@odata.count' in answer.envelope) answer.envelope['@odata.count'] = 0;
  };
};

/** True for the page that follows the first page of an upper range of `/stages`. */
const isAfterSplit = ({ query }: Asked): boolean =>
  query['$skip'] === undefined && /gt (?:[5-9]\d\d)$/.test(query['$filter'] ?? '');

type Sets = Readonly<Record<string, readonly Row[]>>;

async function expectOnce(sets: Sets, served: Served): Promise<readonly Asked[]> {
  const { code, stderr, messages, asked } = await readSets(sets, served);
  expect(code, stderr).toBe(0);
  for (const [stream, rows] of Object.entries(sets)) {
    expect(namesIn(messages, stream)).toEqual(namesOf(rows));
  }
  return asked;
}

describe.concurrent('every row is sent exactly once from ranges that are read concurrently', () => {
  it.each<[string, Sets, () => Served]>([
    ['of a set with unique keys, and of a set with large and small leads', SETS, () => ({})],
    ['if the concurrency is 64', SETS, () => ({ settings: { concurrency: 64 } })],
    [
      'if the keys are in clusters that are far apart',
      {
        stages: withIds(inClusters(10)),
        leadstages: byLead(someLarge(300), (at) => inClusters(3)[at] ?? 0),
      },
      () => ({}),
    ],
    [
      'if the server cuts pages',
      SMALL_KEYS,
      () => ({ script: capped(PAGE), settings: { page_size: 55 } }),
    ],
    [
      'if the first page of a range is empty by mistake',
      SETS,
      () => ({ script: emptyOnce(({ query }) => query['$skip'] !== undefined) }),
    ],
    [
      'if the second page of a range is empty by mistake',
      SETS,
      () => ({ script: emptyOnce(isAfterSplit) }),
    ],
    ['if counts are too high', SETS, () => ({ script: counting((found) => found.length + 500) })],
    [
      'if counts are too low',
      SETS,
      () => ({ script: counting((found) => Math.ceil(found.length / 2)) }),
    ],
  ])('%s', async (_case, sets, served) => {
    const asked = await expectOnce(sets, served());
    for (const path of Object.keys(sets)) {
      expect(splitsOf(asked, path).length).toBeGreaterThan(0);
      const most = Math.max(...pagesOf(asked, path).map(({ together }) => together));
      expect(most).toBeGreaterThan(2);
    }
  });
});

describe.concurrent('every row is sent exactly once if a set cannot be split', () => {
  it.each<[string, () => Served]>([
    ['because the server does not count', () => ({ script: counting(() => undefined) })],
    [
      'because a count covers only its page',
      () => ({ script: counting((_found, page) => page.length) }),
    ],
    ['because the concurrency is 1', () => ({ settings: { concurrency: 1 } })],
  ])('%s', async (_case, served) => {
    const asked = await expectOnce(SMALL_KEYS, served());
    expect(splitsOf(asked, 'stages')).toEqual([]);
    for (const path of Object.keys(SMALL_KEYS)) {
      expect(pagesOf(asked, path).every(({ together }) => together === 1)).toBe(true);
    }
  });

  it('because the server rejects $skip', async () => {
    const script = rejecting((query) => query['$skip'] !== undefined);
    const asked = await expectOnce(SMALL_KEYS, { script });
    // Each worker may have requested one page by then.
    expect(splitsOf(asked, 'stages').length).toBeLessThan(8);
  });

  it('because the server ignores $skip', async () => {
    await expectOnce(SMALL_KEYS, { script: ignoringSkip });
  });
});

describe.concurrent('every row is sent, some of them twice', () => {
  it.each<[string, () => Served]>([
    [
      'if the server ignores the key filter',
      () => ({ respects: (clause) => !/ g[te] /.test(clause) }),
    ],
    [
      'if the server rejects the key filter',
      () => ({ script: rejecting((query) => / g[te] /.test(query['$filter'] ?? '')) }),
    ],
    [
      'if the server rejects the key filter of pages that are requested by $skip',
      () => ({
        script: rejecting(
          (query) => query['$skip'] !== undefined && / g[te] /.test(query['$filter'] ?? ''),
        ),
      }),
    ],
    ['if the server ignores $orderby', () => ({ script: ignoringOrder })],
  ])('%s', async (_case, served) => {
    const { code, stderr, messages } = await readSets(SMALL_KEYS, served());
    expect(code, stderr).toBe(0);
    for (const [stream, rows] of Object.entries(SMALL_KEYS)) {
      expect([...new Set(namesIn(messages, stream))]).toEqual(namesOf(rows));
    }
  });
});

/** Calls `edit` with the rows of a set after some pages of it have been read from them. */
const afterPage = (page: number, edit: (rows: Row[]) => void): Script => {
  const seen = new Map<string, number>();
  return (_answer, { path }, _found, rows) => {
    seen.set(path, (seen.get(path) ?? 0) + 1);
    if (seen.get(path) === page) edit(rows as Row[]);
  };
};

const deleting = (rows: Row[], isDeleted: (row: Row, at: number) => boolean): void => {
  rows.splice(0, Infinity, ...rows.filter((row, at) => !isDeleted(row, at)));
};

/** Deletes rows before, at and after the first row of the first pages that divide a range. */
const deletingAtBoundary = (before: number, after: number): Script => {
  let left = 8;
  return (answer, { query }, _found, rows) => {
    const at = rows.indexOf(rowsIn(answer)[0] ?? {});
    if (query['$skip'] === undefined || at < 0 || left === 0) return;
    left -= 1;
    deleting(rows as Row[], (_row, index) => index >= at - before && index < at + after);
  };
};

/** Adds rows after the last one whenever a page is read. */
const growing: Script = (_answer, { path }, _found, rows) => {
  if (rows.length === 0 || rows.length > 1600) return;
  const last = rows.at(-1) ?? {};
  const key = 'id' in last ? 'id' : 'leadId';
  const next = Number(last[key]) + 1;
  const added = many(4, (at) => ({ ...last, [key]: next + at, ...named(path, next + at) }));
  (rows as Row[]).push(...added);
};

function named(path: string, at: number): Row {
  return path === 'stages' ? { value: `added ${at}` } : { destinationStage: `added ${at}` };
}

describe.concurrent('every row that is there all the time is sent', () => {
  it.each<[string, () => Script]>([
    [
      'if rows in the middle are deleted during the read',
      () => afterPage(12, (rows) => deleting(rows, (_row, at) => at >= 350 && at < 650)),
    ],
    [
      'if rows at the beginning are deleted during the read',
      () => afterPage(2, (rows) => deleting(rows, (_row, at) => at < 300)),
    ],
    [
      'if every second row is deleted during the read',
      () => afterPage(12, (rows) => deleting(rows, (_row, at) => at % 2 === 0)),
    ],
    ['if the first row of each range is deleted', () => deletingAtBoundary(0, 1)],
    ['if the row before each range is deleted', () => deletingAtBoundary(1, 0)],
    ['if rows around the beginning of each range are deleted', () => deletingAtBoundary(15, 15)],
    ['if rows are added at the end during the read', () => growing],
    [
      'if all rows after some row are deleted during the read',
      () => afterPage(15, (rows) => deleting(rows, (_row, at) => at >= 600)),
    ],
    [
      'if all rows of the upper ranges are deleted at once',
      () => afterPage(9, (rows) => deleting(rows, (_row, at) => at >= 190)),
    ],
  ])('%s', async (_case, script) => {
    const sets = { stages: [...stages], leadstages: [...SMALL_KEYS.leadstages] };
    const { code, stderr, messages, asked } = await readSets(sets, { script: script() });
    expect(code, stderr).toBe(0);
    expect(splitsOf(asked, 'stages').length).toBeGreaterThan(0);
    for (const [stream, rows] of Object.entries(sets)) {
      const before = new Set(namesOf(SMALL_KEYS[stream as keyof typeof SMALL_KEYS]));
      const sent = namesIn(messages, stream);
      const kept = namesOf(rows).filter((name) => before.has(name));
      expect(kept.filter((name) => !sent.includes(name))).toEqual([]);
      if (!stderr.includes('reading pages by offset')) expect(new Set(sent).size).toBe(sent.length);
    }
  });
});

describe.concurrent('if one range fails', () => {
  it.each<[string, RegExp, (query: Asked['query']) => boolean]>([
    ['a page', /gt (?:[6-9]\d\d)$/, (query) => query['$skip'] === undefined],
    ['the first page', /./, (query) => query['$skip'] !== undefined],
  ])('because %s times out, smaller pages are requested', async (_case, filter, isSlow) => {
    const big = { stages: withIds(many(2000, (index) => index + 1)) };
    let timeouts = 0;
    const latencyMs = ({ query }: Asked): number => {
      const isTimeout = timeouts === 0 && isSlow(query) && filter.test(query['$filter'] ?? '');
      timeouts += Number(isTimeout);
      return isTimeout ? 9000 : 60;
    };
    const settings = { page_size: 60, request_timeout_seconds: 3 };
    await expectOnce(big, { settings, latencyMs });
    expect(timeouts).toBe(1);
  });

  it('with status 500, the stream fails and the other streams are complete', async () => {
    const sets = { stages, leadstages, industries };
    const script: Script = (answer, { query, path }) => {
      if (path !== 'stages' || !/gt [6-9]\d\d$/.test(query['$filter'] ?? '')) return;
      answer.status = 500;
    };
    const { code, stderr, messages, asked } = await readSets(sets, { script });
    expect(code).toBe(1);
    expect(splitsOf(asked, 'stages').length).toBeGreaterThan(0);
    expect(stderr).toContain('Could not read all rows of stages;');
    for (const stream of ['leadstages', 'industries'] as const) {
      expect(namesIn(messages, stream)).toEqual(namesOf(sets[stream]));
    }
    const ended = messages.filter(({ type }) => type === 'ACTIVATE_VERSION');
    expect(ended.map(({ stream }) => stream).toSorted()).toEqual(['industries', 'leadstages']);
    expect(lastState(messages)?.bookmarks['stages'] ?? {}).not.toHaveProperty('full_read_at');
  });
});

describe('a set is not split', () => {
  it.each([1, 3])('if it has %s pages, even if they are slow', async (pages) => {
    const sets = { stages: stages.slice(0, pages * PAGE) };
    expect(splitsOf(await expectOnce(sets, { latencyMs: 300 }), 'stages')).toEqual([]);
  });

  it('if the rate limit is the bottleneck', async () => {
    const sets = { stages: stages.slice(0, 18 * PAGE) };
    // A request costs a second of the rate limit, so pages would have to take very long.
    const settings = { quota_requests: 30, quota_seconds: 30 };
    const asked = await expectOnce(sets, { settings, latencyMs: 45 });
    expect(splitsOf(asked, 'stages')).toEqual([]);
    const other = await expectOnce(sets, { latencyMs: 45 });
    expect(splitsOf(other, 'stages').length).toBeGreaterThan(0);
  });
});

it('a division costs at most one more request', async () => {
  const asked = await expectOnce(SMALL_KEYS, {});
  const alone = await expectOnce(SMALL_KEYS, { settings: { concurrency: 1 }, latencyMs: 0 });
  for (const path of Object.keys(SMALL_KEYS)) {
    const [many, one] = [asked, alone].map((requests) => requests.filter((of) => of.path === path));
    const most = (one?.length ?? 0) + splitsOf(asked, path).length;
    expect(many?.length).toBeLessThanOrEqual(most);
  }
  expect(pagesOf(alone, 'stages')).toHaveLength(stages.length / PAGE);
});

describe('the end of a read is declared after its last row', () => {
  const meetings = many(1000, (index) => ({ id: index + 1, startTime: '2026-02-03T10:00:00' }));

  it.each<[string, Sets, (message: Message) => boolean]>([
    ['with ACTIVATE_VERSION', { stages }, ({ type }) => type === 'ACTIVATE_VERSION'],
    [
      'with x-covered',
      { meetings },
      ({ type, schema }) => type === 'SCHEMA' && schema !== undefined && 'x-covered' in schema,
    ],
  ])('%s', async (_case, sets, declares) => {
    const { code, stderr, messages, asked } = await readSets(sets);
    expect(code, stderr).toBe(0);
    const [stream = ''] = Object.keys(sets);
    expect(splitsOf(asked, stream).length).toBeGreaterThan(0);
    expect(namesIn(messages, stream)).toHaveLength(1000);
    expect(messages.filter(declares)).toHaveLength(1);
    const last = messages.findLastIndex(({ type }) => type === 'RECORD');
    expect(messages.findIndex(declares)).toBeGreaterThan(last);
  });
});
