import { describe, expect, it } from 'vitest';
import { many, type Asked, type Row, type Script } from './scripted.ts';
import { byLead, namesIn, namesOf, readSets, splitsOf, withIds } from './split-sets.ts';

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
