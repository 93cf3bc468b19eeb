import { describe, expect, it } from 'vitest';
import { dated, lastState, many, type Asked, type Row, type Script } from './scripted.ts';
import { byLead, namesIn, namesOf, PAGE, readSets, splitsOf, withIds } from './split-sets.ts';

/** A division is optional, so nothing that goes wrong with it may harm the read. */

const stages = withIds(many(1000, (index) => index + 1));

const isSplit = ({ query }: Asked): boolean => query['$skip'] !== undefined;

/** Sends pages that are requested by `$skip` in the reverse order. */
const reversingSkipped: Script = (answer, asked) => {
  if (isSplit(asked)) answer.envelope['value'] = (answer.envelope['value'] as Row[]).toReversed();
};

/** Ignores `$skip`, and answers one page near the end with an empty page that has a count of 0. */
const ignoringSkip = (): Script => {
  let isDone = false;
  return (answer, { query }, found) => {
    answer.envelope['value'] = found.slice(0, Number(query['$top'] ?? 500));
    if (isDone || !/gt [7-9]\d\d$/.test(query['$filter'] ?? '') || query['$count'] !== 'true')
      return;
    isDone = true;
    answer.envelope = { '@odata.count': 0, value: [] };
  };
};

describe('every row of a set is sent', () => {
  it('if only pages that are requested by $skip are out of order', async () => {
    const { code, stderr, messages } = await readSets({ stages }, { script: reversingSkipped });
    expect(code, stderr).toBe(0);
    expect(namesIn(messages, 'stages')).toEqual(namesOf(stages));
  });

  it('if the server ignores $skip and sends an empty page by mistake', async () => {
    const { code, stderr, messages, asked } = await readSets(
      { stages },
      { script: ignoringSkip() },
    );
    expect(code, stderr).toBe(0);
    expect(splitsOf(asked, 'stages').length).toBeGreaterThan(0);
    const sent = new Set(namesIn(messages, 'stages'));
    expect(namesOf(stages).filter((name) => !sent.has(name))).toEqual([]);
  });
});

it('requests that time out at the same time lower the page size only once', async () => {
  let slow = 0;
  // The server stalls once, while several ranges are being requested.
  const latencyMs = ({ query, together }: Asked): number => {
    const isStalled = slow > 0 ? slow < 8 && query['$top'] === '100' : together > 5;
    slow += Number(isStalled);
    return isStalled ? 9000 : 60;
  };
  const sets = { stages: withIds(many(5000, (index) => index + 1)) };
  const settings = { page_size: 100, request_timeout_seconds: 3 };
  const { code, stderr, messages } = await readSets(sets, { latencyMs, settings });
  expect(slow).toBeGreaterThan(2);
  expect(code, stderr).toBe(0);
  expect(namesIn(messages, 'stages')).toEqual(namesOf(sets.stages));
});

it('no page is requested twice, even if the first page ends soon after the first row of a large lead', async () => {
  const sets = { leadstages: byLead([2, 30, 3]) };
  const { code, stderr, messages, asked } = await readSets(sets, { latencyMs: 100 });
  expect(code, stderr).toBe(0);
  expect(namesIn(messages, 'leadstages')).toEqual(namesOf(sets.leadstages));
  const queries = asked.map(({ query }) => JSON.stringify(query));
  expect(queries).toEqual([...new Set(queries)]);
});

/** Pain points of 300 leads, three each, and ten that have no lead, which come last. */
const painpoints = [
  ...many(900, (index) => ({ leadId: Math.floor(index / 3) + 1, id: index + 1 })),
  ...many(10, (index) => ({ leadId: null, id: 10_001 + index })),
].map((row) => ({ ...row, value: `pain ${row.id}` }));

/** Returns the key after which a page is requested. */
function keyOf({ query }: Asked): number {
  return Number(/ g[te] (\d+)/.exec(query['$filter'] ?? '')?.[1] ?? NaN);
}

const isPage = ({ query, isCount }: Asked): boolean =>
  !isCount && query['$skip'] === undefined && !(query['$orderby'] ?? '').includes(' desc');

/** Answers pages after some keys with an empty page that has a count of 0. */
const emptyBetween =
  (from: number, to: number, most = Infinity): Script =>
  (answer, asked) => {
    if (!isPage(asked) || !(keyOf(asked) >= from && keyOf(asked) < to)) return;
    if (most <= 0) return;
    most -= 1;
    answer.envelope = { '@odata.count': 0, value: [] };
  };

describe('rows without a key are sent exactly once', () => {
  it.each<[string, () => Script]>([
    ['if the server ignores $skip', () => ignoringSkipOnly],
    ['if pages in the middle are empty by mistake', () => emptyBetween(40, 90, 2)],
  ])('%s', async (_case, script) => {
    const { code, stderr, messages, asked } = await readSets({ painpoints }, { script: script() });
    expect(code, stderr).toBe(0);
    expect(splitsOf(asked, 'painpoints').length).toBeGreaterThan(0);
    expect(namesIn(messages, 'painpoints')).toEqual(namesOf(painpoints));
  });
});

const ignoringSkipOnly: Script = (answer, { query }, found) => {
  answer.envelope['value'] = found.slice(0, Number(query['$top'] ?? 500));
};

it('a range that the server does not send is read by the next run', async () => {
  const leads = many(1000, (index) => ({ id: index + 1, updateDate: dated(-9) }));
  const sick = await readSets({ leads }, { script: emptyBetween(300, 700) });
  expect(sick.code, sick.stderr).toBe(1);
  expect(sick.messages.map(({ type }) => type)).not.toContain('ACTIVATE_VERSION');
  const healthy = await readSets({ leads }, { state: lastState(sick.messages) });
  expect(healthy.code, healthy.stderr).toBe(0);
  const sent = new Set([sick, healthy].flatMap(({ messages }) => namesIn(messages, 'leads')));
  expect([...sent].toSorted()).toEqual(namesOf(leads));
});

describe('a page that is requested by $skip', () => {
  it('does not lower the page size if it times out', async () => {
    const latencyMs = (asked: Asked): number => (isSplit(asked) ? 3000 : 60);
    const settings = { request_timeout_seconds: 1.5, max_retries: 6 };
    const { code, stderr, asked } = await readSets({ stages }, { latencyMs, settings });
    expect(code, stderr).toBe(0);
    expect(asked.filter(isSplit).length).toBeGreaterThan(0);
    expect(new Set(asked.map(({ query }) => query['$top']))).toEqual(new Set([String(PAGE)]));
  });

  it('does not hold up the run if it is never answered', async () => {
    const hour = 3_600_000;
    const latencyMs = (asked: Asked): number => (isSplit(asked) ? hour : 60);
    const settings = { request_timeout_seconds: 3600 };
    const { code, stderr, messages } = await readSets({ stages }, { latencyMs, settings });
    expect(code, stderr).toBe(0);
    expect(namesIn(messages, 'stages')).toEqual(namesOf(stages));
  });
});

it('rows that are deleted at the end during the read do not cause a read by offset', async () => {
  const rows = withIds(many(1000, (index) => index + 1));
  const remaining = rows.slice(0, 600);
  // The last rows are deleted once one of them has been sent.
  const script: Script = (answer, asked, _found, all) => {
    if (isPage(asked) && keyOf(asked) > 700) (all as typeof rows).splice(600);
    if (all.length > 600 || !isPage(asked)) return;
    const page = (all as typeof rows).filter(({ id }) => !(Number(id) <= keyOf(asked)));
    answer.envelope = { '@odata.count': page.length, value: page.slice(0, PAGE) };
  };
  const { code, stderr, messages } = await readSets({ stages: rows }, { script });
  expect(code, stderr).toBe(0);
  expect(stderr).not.toContain('by offset');
  expect(namesIn(messages, 'stages')).toEqual(expect.arrayContaining(namesOf(remaining)));
});

it('requests that are rejected at the same time lower the page size only once', async () => {
  let rejected = 0;
  const script: Script = (answer, { query, together }) => {
    const isRejected = rejected < 8 && (rejected > 0 || together > 5) && query['$top'] === '60';
    if (!isRejected) return;
    rejected += 1;
    answer.status = 400;
    answer.envelope = { error: { message: 'no' } };
  };
  const sets = { stages: withIds(many(3000, (index) => index + 1)) };
  const { code, stderr, asked } = await readSets(sets, { script, settings: { page_size: 60 } });
  expect(code, stderr).toBe(0);
  expect(rejected).toBeGreaterThan(1);
  const sizes = new Set(asked.map(({ query }) => Number(query['$top'])));
  expect([...sizes].filter((size) => size > 1 && size < 50)).toEqual([]);
});
