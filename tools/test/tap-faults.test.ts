import { describe, expect, it } from 'vitest';
import { differences } from '../src/oracle/compare.ts';
import type { Fault, FaultRule } from '@exact-spotter/simulator';
import { serveAccount } from './served-account.ts';

const MINUTES = 60_000;
const served = serveAccount(
  { seed: 31, leads: 240 },
  { page_size: 100, request_timeout_seconds: 1 },
);
const { account, newPair, copies } = served;

/**
 * Returns rules that inject a fault into three pages of the largest set and one page of a small set.
 */
function everywhere(fault: Fault): FaultRule[] {
  return [
    { match: { set: 'sdrs', nth: 1 }, fault },
    { match: { set: 'LeadsAndPersons', nth: 1 }, fault },
    { match: { set: 'LeadsAndPersons', nth: 3 }, fault },
    { match: { set: 'LeadsAndPersons', nth: 5 }, fault },
  ];
}

describe('an account is copied completely despite', () => {
  it.each<[string, Fault]>([
    ['500', { status: 500 }],
    ['502', { status: 502 }],
    ['503 with Retry-After', { status: 503, retryAfter: 1 }],
    ['504', { status: 504 }],
    ['429 without Retry-After', { status: 429 }],
    ['429 with Retry-After in seconds', { status: 429, retryAfter: 1 }],
    [
      '429 with Retry-After as a date',
      { status: 429, retryAfter: new Date(Date.now() + 2000).toUTCString() },
    ],
    ['a connection reset before the headers', 'resetBeforeHeaders'],
    ['a connection reset in the body', 'resetMidBody'],
    ['truncated JSON', 'truncatedJson'],
    ['an HTML page with status 200', 'html'],
    ['a wrong content type', 'wrongContentType'],
    ['headers that never arrive', 'headersNever'],
    ['a slow body', { slowBody: 20 }],
    ['chunks without an end', 'chunkedWithoutEnd'],
    ['an HTTP/1.0 response', 'http10'],
    ['an empty page before the end', 'emptyPage'],
    ['duplicate rows', 'duplicateRows'],
    ['a row without its key', 'rowWithoutKey'],
    ['truncated gzip', 'gzipCut'],
    ['shifted rows', { shiftedRows: -3 }],
  ])('%s', async (_case, fault) => {
    served.simulator.faults(everywhere(fault));
    await copies(newPair());
  });

  it('two kinds of errors, with one warning for each kind', async () => {
    served.simulator.faults([
      ...everywhere({ status: 503 }),
      { match: { set: 'stages', nth: 1 }, fault: 'truncatedJson' },
    ]);
    const { tap } = await copies(newPair());
    const retries = tap.stderr.split('\n').filter((line) => line.includes('trying again'));
    expect(retries.filter((line) => line.includes('WARNING'))).toHaveLength(2);
    expect(retries.filter((line) => line.includes('answered 503'))).toHaveLength(1);
  });

  it(
    'several kinds of errors in a fifth of the requests',
    async () => {
      const mixture: Fault[] = [
        { status: 503 },
        { status: 500 },
        'resetMidBody',
        'resetBeforeHeaders',
        'truncatedJson',
        'html',
        'gzipCut',
      ];
      served.simulator.faults(
        mixture.map((fault, seed) => ({ match: { probability: 0.03, seed: seed + 1 }, fault })),
      );
      await copies(newPair({ page_size: 40, concurrency: 8 }));
      expect(
        served.simulator.requests.filter((request) => request.fault !== undefined).length,
      ).toBeGreaterThan(10);
    },
    3 * MINUTES,
  );
});

describe('an error that retries do not fix:', () => {
  it.each<[string, Fault, RegExp]>([
    ['500', { status: 500 }, /GET \/sdrs answered 500, even after retries/],
    ['a redirect to another host', 'redirect', /GET \/sdrs answered 30\d/],
    ['truncated JSON', 'truncatedJson', /GET \/sdrs did not return a page/],
    [
      'headers that never arrive',
      'headersNever',
      /GET \/sdrs to 127\.0\.0\.1:\d+ timed out after 1 s/,
    ],
  ])(
    '%s ends only its stream, and the token is never sent to another host',
    async (_case, fault, sentence) => {
      served.simulator.faults([{ match: { set: 'sdrs' }, fault }]);
      const pair = newPair({ max_retries: 1 });
      const { tap, target } = await pair.run();
      expect(tap.code).toBe(1);
      expect(tap.stderr).toMatch(sentence);
      expect(target.code, target.stderr).toBe(0);
      expect(served.simulator.decoyRequests.filter(({ withToken }) => withToken)).toEqual([]);
      const others = differences(pair.database, account).filter((line) => !line.startsWith('sdrs'));
      expect(others).toEqual([]);
    },
  );

  it('the next run continues from the copied rows after the token is refused during a run', async () => {
    served.simulator.faults([
      { match: { set: 'LeadsAndPersons', nth: 3 }, fault: { status: 401 } },
    ]);
    const pair = newPair();
    const { tap, target } = await pair.run();
    expect(tap.code).toBe(1);
    expect(target.code, target.stderr).toBe(0);
    expect(tap.stderr).toContain('answered 401: the token is missing or wrong');
    served.simulator.reset();
    await copies(pair);
    const filters = served.simulator.requests.map(({ query }) => query['$filter'] ?? '');
    expect(filters.some((filter) => /^id gt \d+$/.test(filter))).toBe(true);
  });

  it('a Retry-After of thirty years ends the run', async () => {
    served.simulator.faults([{ match: {}, fault: { status: 429, retryAfter: 1_000_000_000 } }]);
    const { tap } = await newPair().run();
    expect(tap.code).toBe(1);
    expect(tap.stderr).toContain("other integrations use up the token's rate limit");
  });
});
