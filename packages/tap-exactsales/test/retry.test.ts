import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoff, isRetriableStatus, parseRetryAfter, waitBefore } from '../src/api/retry.ts';

describe('parseRetryAfter', () => {
  const now = Date.parse('2026-11-24T12:00:00Z');

  it.each<[string, string | undefined, string | undefined, number | undefined]>([
    ['a missing header', undefined, undefined, undefined],
    ['seconds', '7', undefined, 7000],
    ['a billion seconds', '1000000000', undefined, 1e12],
    ['a date', 'Tue, 24 Nov 2026 12:00:30 GMT', undefined, 30_000],
    [
      'a date of a server whose clock is an hour ahead',
      'Tue, 24 Nov 2026 13:00:30 GMT',
      'Tue, 24 Nov 2026 13:00:00 GMT',
      30_000,
    ],
    ['a date in the past', 'Tue, 24 Nov 2026 11:00:00 GMT', undefined, 0],
    ['an invalid header', 'soon', undefined, undefined],
  ])('reads %s', (_case, header, serverDate, wait) => {
    expect(parseRetryAfter(header, serverDate, now)).toBe(wait);
  });
});

it('backs off by a random time below a bound that doubles up to 30 seconds', () => {
  expect([1, 2, 3, 4, 7, 60].map((attempt) => backoff(attempt, 0.5))).toEqual([
    250, 500, 1000, 2000, 15_000, 15_000,
  ]);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempt, random) => {
        expect(backoff(attempt, random)).toBeGreaterThanOrEqual(0);
        expect(backoff(attempt, random)).toBeLessThan(30_000);
      },
    ),
  );
});

it('backs off after a 429 even if Retry-After is 0', () => {
  expect(waitBefore({ status: 429, retryAfter: 0 }, 3, 0.5)).toBe(1000);
  expect(waitBefore({ status: 429, retryAfter: 5000 }, 3, 0.5)).toBe(5000);
  expect(waitBefore({ status: 503, retryAfter: 0 }, 3, 0.5)).toBe(0);
});

it('retries only statuses that may be temporary', () => {
  expect([429, 500, 502, 503, 504].every(isRetriableStatus)).toBe(true);
  expect([200, 301, 400, 401, 403, 404].some(isRetriableStatus)).toBe(false);
});
