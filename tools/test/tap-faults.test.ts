import { describe, expect, it } from 'vitest';
import { differences } from '../src/oracle/index.ts';
import type { Fault, FaultRule } from '@exact-spotter/simulator';
import { serveAccount } from './served-account.ts';

const MINUTES = 60_000;
const served = serveAccount(
  { seed: 31, leads: 240 },
  { page_size: 100, request_timeout_seconds: 1 },
);
const { account, newPair, copies } = served;

/** At the first, a middle and the last of the three pages of the largest set, and at a small one. */
function everywhere(fault: Fault): FaultRule[] {
  return [
    { match: { set: 'sdrs', nth: 1 }, fault },
    { match: { set: 'LeadsAndPersons', nth: 1 }, fault },
    { match: { set: 'LeadsAndPersons', nth: 3 }, fault },
    { match: { set: 'LeadsAndPersons', nth: 5 }, fault },
  ];
}

describe('a page that goes wrong is used whole or not at all', () => {
  it.each<[string, Fault]>([
    ['500', { status: 500 }],
    ['502', { status: 502 }],
    ['503 with a time to wait', { status: 503, retryAfter: 1 }],
    ['504', { status: 504 }],
    ['429 that says nothing', { status: 429 }],
    ['429 in seconds', { status: 429, retryAfter: 1 }],
    ['429 as a date', { status: 429, retryAfter: new Date(Date.now() + 2000).toUTCString() }],
    ['a reset before the headers', 'resetBeforeHeaders'],
    ['a reset in the body', 'resetMidBody'],
    ['JSON cut short', 'truncatedJson'],
    ['a page of HTML with 200', 'html'],
    ['a content type that is wrong', 'wrongContentType'],
    ['headers that never come', 'headersNever'],
    ['a body that drips', { slowBody: 20 }],
    ['chunks without an end', 'chunkedWithoutEnd'],
    ['an answer of HTTP/1.0', 'http10'],
    ['an empty page before the end', 'emptyPage'],
    ['rows that come twice', 'duplicateRows'],
    ['a row without its key', 'rowWithoutKey'],
    ['gzip cut short', 'gzipCut'],
    ['rows pushed back', { shiftedRows: -3 }],
  ])('%s', async (_case, fault) => {
    served.simulator.faults(everywhere(fault));
    await copies(newPair());
  });

  it('and is told of once for each kind', async () => {
    served.simulator.faults([
      ...everywhere({ status: 503 }),
      { match: { set: 'stages', nth: 1 }, fault: 'truncatedJson' },
    ]);
    const { tap } = await copies(newPair());
    const told = tap.stderr.split('\n').filter((line) => line.includes('trying again'));
    expect(told.filter((line) => line.includes('WARNING'))).toHaveLength(2);
    expect(told.filter((line) => line.includes('answered 503'))).toHaveLength(1);
  });

  it(
    'in any mixture, at one request in five',
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

describe('what does not pass', () => {
  it.each<[string, Fault, RegExp]>([
    ['500 for ever', { status: 500 }, /GET \/sdrs answered 500, even after retries/],
    ['a redirect to another host', 'redirect', /GET \/sdrs answered 30\d/],
    ['JSON cut short for ever', 'truncatedJson', /GET \/sdrs did not return a page/],
    ['no headers for ever', 'headersNever', /GET \/sdrs timed out after 1 seconds/],
  ])(
    '%s ends that stream alone, and the token goes nowhere else',
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

  it('a token refused in the middle keeps what was copied', async () => {
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

  it('a wait of thirty years is not waited', async () => {
    served.simulator.faults([{ match: {}, fault: { status: 429, retryAfter: 1_000_000_000 } }]);
    const { tap } = await newPair().run();
    expect(tap.code).toBe(1);
    expect(tap.stderr).toContain("other integrations use up the token's rate limit");
  });
});
