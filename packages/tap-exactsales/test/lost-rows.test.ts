import { describe, expect, it } from 'vitest';
import {
  dated,
  many,
  lastState,
  readStreams,
  rowsOf,
  serve,
  type Message,
  type Row,
  type Script,
} from './scripted.ts';

/** Servers that silently make a reader lose rows. */

const sets = {
  stages: many(1200, (index) => ({ id: index + 1, value: `stage ${index}` })),
  sources: many(500, (index) => ({ id: index + 1, value: `source ${index}` })),
  industries: many(12, (index) => ({ id: index + 1, value: `industry ${index}` })),
  leadstages: many(1300, (index) => ({
    ...{ leadId: index % 90, destinationStage: `stage ${index}` },
    ...{ createdAt: dated(-index / 24), cycle: 1 },
  })),
};
const STREAMS = { stages: 1200, sources: 500, industries: 12, leadstages: 1300 };

const versions = (messages: readonly Message[]): string[] =>
  messages.flatMap(({ type, stream = '' }) => (type === 'ACTIVATE_VERSION' ? [stream] : []));

async function expectWhole(script: Script): Promise<void> {
  const server = await serve(sets, script);
  const ended = await readStreams(server.url, Object.keys(STREAMS));
  server.stop();
  expect(ended.code, ended.stderr).toBe(0);
  for (const [stream, rows] of Object.entries(STREAMS)) {
    expect([stream, rowsOf(ended.messages, stream)]).toEqual([stream, rows]);
  }
}

const page = (answer: Parameters<Script>[0]): readonly Row[] => answer.envelope['value'] as Row[];
const empty = { '@odata.count': 0, value: [] };

/** Counts the rows of the page instead of the rows of the set, and sends no link. */
const countsPage: Script = (answer) => {
  if ('@odata.count' in answer.envelope) answer.envelope['@odata.count'] = page(answer).length;
};

/** Sends up to this many rows per page. */
const capped =
  (rows: number): Script =>
  (answer) => {
    answer.envelope['value'] = page(answer).slice(0, rows);
  };

/** Answers the n-th page request for each set with an empty page. */
const emptyOnce = (nth: number): Script =>
  (() => {
    const seen = new Map<string, number>();
    return (answer, { path, isCount, query }) => {
      if (isCount || query['$orderby']?.includes('desc')) return;
      seen.set(path, (seen.get(path) ?? 0) + 1);
      if (seen.get(path) === nth) answer.envelope = { ...empty };
    };
  })();

/** Repeats the answer to a URL, as a cache does. */
const cached = (): Script => {
  const answers = new Map<string, object>();
  return (answer, asked) => {
    const url = JSON.stringify(asked);
    answer.envelope = structuredClone((answers.get(url) as Row | undefined) ?? answer.envelope);
    answers.set(url, structuredClone(answer.envelope));
  };
};

const all =
  (...scripts: readonly Script[]): Script =>
  (...of) => {
    for (const script of scripts) script(...of);
  };

const refusing =
  (isRefused: (filter: string) => boolean): Script =>
  (answer, { query }) => {
    if (!isRefused(query['$filter'] ?? '')) return;
    answer.status = 400;
    answer.envelope = { error: { message: 'no' } };
  };

describe('every row is read', () => {
  it.each<[string, () => Script]>([
    ['if a count covers only its page', () => countsPage],
    [
      'if a count covers only its page, which is cut to 100 rows',
      () => all(capped(100), countsPage),
    ],
    ['if the second page is empty by mistake', () => emptyOnce(2)],
    ['if the third page is empty by mistake', () => emptyOnce(3)],
    [
      'if the second page is empty by mistake and a cache repeats it',
      () => all(emptyOnce(2), cached()),
    ],
    [
      'if a count covers only its page and the third page is empty by mistake',
      () => all(countsPage, emptyOnce(3)),
    ],
    [
      'if the second page is empty by mistake and pages are read by offset',
      () =>
        all(
          emptyOnce(2),
          cached(),
          refusing((filter) => /\b(?:gt|ge)\b/.test(filter)),
        ),
    ],
    [
      'if a count covers only its page and pages are read by offset',
      () =>
        all(
          countsPage,
          refusing((filter) => /\b(?:gt|ge)\b/.test(filter)),
        ),
    ],
  ])('%s', (_case, script) => expectWhole(script()));
});

describe('a set that had rows in the last run', () => {
  const before = {
    bookmarks: { stages: { version: 1, full_read_at: dated(-1), longest_page: 500 } },
  };

  it('is not treated as empty after one empty page', async () => {
    const server = await serve(sets, all(emptyOnce(1), cached()));
    const ended = await readStreams(server.url, ['stages'], { state: before });
    server.stop();
    expect(ended.code, ended.stderr).toBe(0);
    expect(rowsOf(ended.messages, 'stages')).toBe(1200);
  });

  it('is treated as empty if all its pages are empty', async () => {
    const server = await serve({ stages: [] });
    const ended = await readStreams(server.url, ['stages'], { state: before });
    server.stop();
    expect(ended.code, ended.stderr).toBe(0);
    expect(versions(ended.messages)).toEqual(['stages']);
    expect(lastState(ended.messages)?.bookmarks['stages']).toMatchObject({ longest_page: 0 });
  });
});

describe('every row is read regardless of findings from other runs and sets', () => {
  it('if the state comes from an earlier version and the first page is empty by mistake', async () => {
    const state = { bookmarks: { stages: { version: 1, full_read_at: dated(-1) } } };
    const server = await serve(sets, emptyOnce(1));
    const ended = await readStreams(server.url, ['stages'], { state });
    server.stop();
    expect(ended.code, ended.stderr).toBe(0);
    expect(rowsOf(ended.messages, 'stages')).toBe(1200);
  });

  it.each<[string, (filter: string) => boolean]>([
    ['by key', () => false],
    ['by offset', (filter) => /\b(?:gt|ge)\b/.test(filter)],
  ])('if the server begins to cut pages that are read %s', async (_case, isRefused) => {
    const script = all(countsPage, refusing(isRefused));
    const first = await serve(sets, script);
    const state = lastState((await readStreams(first.url, Object.keys(STREAMS))).messages);
    first.stop();
    const second = await serve(sets, all(capped(77), script));
    const ended = await readStreams(second.url, Object.keys(STREAMS), { state });
    second.stop();
    expect(ended.code, ended.stderr).toBe(0);
    for (const [stream, rows] of Object.entries(STREAMS)) {
      expect([stream, rowsOf(ended.messages, stream)]).toEqual([stream, rows]);
    }
  });

  it('if each set has its own longest page and counts cover only the page', async () => {
    const short: Script = (answer, asked, ...rest) => {
      if (asked.path === 'sources') capped(77)(answer, asked, ...rest);
    };
    await expectWhole(all(short, countsPage));
  });

  it('if the first page and a later page are empty by mistake', async () => {
    await expectWhole(all(emptyOnce(1), emptyOnce(4)));
  });
});

describe('nothing is treated as deleted', () => {
  it('if the API reports an error in an empty page with status 200', async () => {
    const server = await serve(sets, (answer, { path }) => {
      if (path === 'stages') answer.envelope = { error: { message: 'oops' }, value: [] };
    });
    const ended = await readStreams(server.url, ['stages', 'industries']);
    server.stop();
    expect(ended.code, ended.stderr).toBe(1);
    expect(ended.stderr).toContain('GET /stages did not return a page of rows');
    expect(versions(ended.messages)).toEqual(['industries']);
  });

  it.each(['errors', 'message', 'Error', 'title', 'status', '@odata.error', 'success'])(
    'if the API sends an empty page with the member "%s"',
    async (member) => {
      const server = await serve(sets, (answer, { path }) => {
        if (path === 'stages') answer.envelope = { [member]: 'oops', value: [] };
      });
      const ended = await readStreams(server.url, ['stages']);
      server.stop();
      expect(ended.code, ended.stderr).toBe(1);
      expect(versions(ended.messages)).toEqual([]);
    },
  );

  it('if the API keeps sending empty pages although rows follow', async () => {
    const server = await serve(sets, (answer, { query }) => {
      if (query['$filter']?.includes('id gt 1000')) answer.envelope = { ...empty };
    });
    const ended = await readStreams(server.url, ['stages', 'industries']);
    server.stop();
    expect(ended.code, ended.stderr).toBe(1);
    expect(ended.stderr).toContain('/stages: the API sends an empty page although rows follow');
    expect(ended.stderr).toContain('Could not read all rows of stages');
    expect(versions(ended.messages)).toEqual(['industries']);
  });
});

describe('leads and their persons', () => {
  const lead = (id: number): Row => ({ id, lead: `lead ${id}`, updateDate: dated(-2) });
  const leads = many(30, (index) => lead(index + 1));
  const withPersons = leads
    .slice(10)
    .map((row) => ({ ...row, persons: [{ id: Number(row['id']) * 10, name: 'p' }] }));

  it('are read separately if the wider endpoint omits leads', async () => {
    const server = await serve({ leads, leadsandpersons: withPersons });
    const ended = await readStreams(server.url, ['leads', 'leadspersons', 'leadspersons__persons']);
    server.stop();
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('/Leads has 30 rows and /LeadsAndPersons 20');
    expect(rowsOf(ended.messages, 'leads')).toBe(30);
    expect(rowsOf(ended.messages, 'leadspersons')).toBe(20);
  });

  it('are read separately if the wider endpoint sends fewer leads than it counts', async () => {
    const server = await serve(
      { leads, leadsandpersons: withPersons },
      (answer, { path, isCount }) => {
        if (path === 'leadsandpersons' && !isCount) answer.envelope['@odata.count'] = 30;
      },
    );
    const ended = await readStreams(server.url, ['leads', 'leadspersons']);
    server.stop();
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('/Leads has 30 rows, but /LeadsAndPersons sent 20');
    expect(rowsOf(ended.messages, 'leads')).toBe(30);
  });

  it('are read separately if the wider endpoint has no leads', async () => {
    const server = await serve({ leads, leadsandpersons: [] });
    const ended = await readStreams(server.url, ['leads', 'leadspersons']);
    server.stop();
    expect(ended.code, ended.stderr).toBe(0);
    expect(rowsOf(ended.messages, 'leads')).toBe(30);
  });

  it('are read together if their counts agree once the cache is bypassed', async () => {
    const old = new Set<string>();
    const server = await serve({ leads, leadsandpersons: leads }, (answer, asked) => {
      const url = JSON.stringify(asked);
      if (!asked.isCount || asked.path !== 'leads') return;
      if (old.size === 0) old.add(url);
      if (old.has(url)) answer.bytes = Buffer.from('29');
    });
    const ended = await readStreams(server.url, ['leads', 'leadspersons']);
    server.stop();
    expect(ended.code, ended.stderr).toBe(0);
    const pages = server.asked.filter(({ path, query }) => path === 'leads' && query['$orderby']);
    expect(pages).toEqual([]);
    expect(rowsOf(ended.messages, 'leads')).toBe(30);
  });
});
