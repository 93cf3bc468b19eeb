import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  dated,
  many,
  readStreams,
  rowsOf,
  serve,
  type Answer,
  type Asked,
  type Script,
} from './scripted.ts';

const sets = {
  stages: many(501, (index) => ({ id: index + 1, value: `stage ${index}` })),
  sources: many(500, (index) => ({ id: index + 1, value: `source ${index}` })),
  leadstages: many(700, (index) => ({
    leadId: index % 90,
    destinationStage: `stage ${index}`,
    createdAt: dated(-index / 24),
    cycle: 1,
  })),
  boxes: many(600, (index) => ({ id: index + 1, start: dated(index - 550), leadId: 0 })),
};
const STREAMS = { stages: 501, sources: 500, leadstages: 700, boxes: 600 };

/**
 * Checks that every row is read, including old boxes, which the server hides if there is no date
 * filter.
 */
async function expectCompleteRead(script: Script): Promise<readonly Asked[]> {
  const hiding: Script = (answer, asked, found, all) => {
    script(answer, asked, found, all);
    const isHidden = asked.path === 'boxes' && !asked.query['$filter']?.includes('start');
    if (isHidden && answer.status === 200) answer.envelope = { value: [] };
  };
  const server = await serve(sets, hiding);
  const ended = await readStreams(server.url, Object.keys(STREAMS));
  server.stop();
  expect(ended.code, ended.stderr).toBe(0);
  for (const [stream, rows] of Object.entries(STREAMS)) {
    expect([stream, rowsOf(ended.messages, stream)]).toEqual([stream, rows]);
  }
  return server.asked;
}

function refuse(answer: Answer, status = 400): void {
  answer.status = status;
  answer.envelope = {
    error: { code: '', message: 'The query specified in the URI is not valid.' },
  };
}

const page = ({ envelope }: Answer): unknown[] => envelope['value'] as unknown[];

describe('a server whose count', () => {
  const counted = (count: (...of: Parameters<Script>) => unknown): Script => {
    return (...of) => {
      const [{ envelope }] = of;
      if ('@odata.count' in envelope) envelope['@odata.count'] = count(...of);
      envelope['@odata.nextLink'] = 'there is always one';
    };
  };

  it.each<[string, Script]>([
    ['ignores the filter', counted((_answer, _asked, _found, all) => all.length)],
    ['covers only its page', counted((answer) => page(answer).length)],
    ['is always 0', counted(() => 0)],
    ['is a string', counted((_answer, _asked, found) => String(found.length))],
    ['is null', counted(() => null)],
  ])('%s is read completely', async (_case, script) => {
    expect((await expectCompleteRead(script)).length).toBeLessThan(25);
  });

  it('is a string receives no unnecessary requests', async () => {
    const asked = await expectCompleteRead(
      counted((_answer, _asked, found) => String(found.length)),
    );
    expect(asked.filter(({ path }) => path === 'stages')).toHaveLength(2);
  });

  it('is missing is read completely even if its pages become shorter', async () => {
    let pages = 0;
    await expectCompleteRead((answer) => {
      const rows = page(answer);
      answer.envelope = { value: rows.slice(0, (pages += 1) > 2 ? 60 : 500) };
    });
  });
});

describe('a server that rejects', () => {
  const where =
    (isRefused: (query: Asked['query']) => unknown, status?: number): Script =>
    (answer, { query }) => {
      if (isRefused(query)) refuse(answer, status);
    };

  it.each<[string, Script]>([
    ['more than 100 rows at a time', where((query) => Number(query['$top']) > 100)],
    ['$top', where((query) => query['$top'])],
    ['"and" in a filter', where((query) => query['$filter']?.includes(' and '))],
    ['"lt" in a filter', where((query) => query['$filter']?.includes(' lt '))],
    ['"gt" in a filter', where((query) => query['$filter']?.includes(' gt '))],
    ['queries with $count or $orderby', where((query) => query['$count'] ?? query['$orderby'])],
    [
      'descending order and sends no count',
      (answer, { query }) => {
        delete answer.envelope['@odata.count'];
        if (query['$orderby']?.includes(' desc')) refuse(answer);
      },
    ],
    [
      'options with 501',
      where((query) => query['$count'] ?? query['$filter']?.includes('lt'), 501),
    ],
  ])('%s is read completely, and boxes are requested by date', async (_case, script) => {
    await expectCompleteRead(script);
  });
});

it('still filters by the start of a date range if the server ignores the end', async () => {
  const boxes = [...sets.boxes, { id: 9000, start: dated(500), leadId: 0 }];
  const server = await serve({ boxes }, undefined, (clause) => !clause.includes(' lt '));
  const ended = await readStreams(server.url, ['boxes']);
  server.stop();
  expect(ended.stderr).toContain('/Boxes: the API ignores the date end');
  expect(rowsOf(ended.messages, 'boxes')).toBe(600);
  const filters = server.asked.map(({ query }) => query['$filter'] ?? '');
  const dates = filters.filter((filter) => !filter.includes('start eq null'));
  expect(dates.every((filter) => filter.includes('start ge'))).toBe(true);
});

describe('a compressed body', () => {
  it.each<[string, string, (text: string) => Buffer]>([
    ['deflate', 'deflate', deflateSync],
    ['deflate without a header', 'deflate', deflateRawSync],
    ['brotli', 'br', brotliCompressSync],
    ['gzip in capitals', 'GZIP', gzipSync],
    ['gzip in gzip', 'gzip, gzip', (text) => gzipSync(gzipSync(text))],
    ['no compression, with a byte order mark', 'identity', (text) => Buffer.from(`\uFEFF${text}`)],
  ])('is decoded: %s', async (_case, encoding, pack) => {
    await expectCompleteRead((answer) => {
      answer.headers['content-encoding'] = encoding;
      answer.bytes = pack(JSON.stringify(answer.envelope));
    });
  });
});
