import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoff, isRetriableStatus, retryAfter, waitBefore } from '../src/api/retry.ts';

describe('Retry-After', () => {
  const now = Date.parse('2026-11-24T12:00:00Z');

  it.each<[string, string | undefined, string | undefined, number | undefined]>([
    ['is missing', undefined, undefined, undefined],
    ['in seconds', '7', undefined, 7000],
    ['of a billion seconds', '1000000000', undefined, 1e12],
    ['as a date', 'Tue, 24 Nov 2026 12:00:30 GMT', undefined, 30_000],
    [
      'as a date, where the server is an hour ahead',
      'Tue, 24 Nov 2026 13:00:30 GMT',
      'Tue, 24 Nov 2026 13:00:00 GMT',
      30_000,
    ],
    ['as a date that is past', 'Tue, 24 Nov 2026 11:00:00 GMT', undefined, 0],
    ['that says nothing', 'soon', undefined, undefined],
  ])('%s', (_case, header, serverDate, wait) => {
    expect(retryAfter(header, serverDate, now)).toBe(wait);
  });
});

it('waits anywhere between nothing and a bound that doubles up to 30 seconds', () => {
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

it('takes no 429 for an invitation to ask at once, and for ever', () => {
  expect(waitBefore({ status: 429, retryAfter: 0 }, 3, 0.5)).toBe(1000);
  expect(waitBefore({ status: 429, retryAfter: 5000 }, 3, 0.5)).toBe(5000);
  expect(waitBefore({ status: 503, retryAfter: 0 }, 3, 0.5)).toBe(0);
});

it('tries again after what may pass, and not after what will not', () => {
  expect([429, 500, 502, 503, 504].every(isRetriableStatus)).toBe(true);
  expect([200, 301, 400, 401, 403, 404].some(isRetriableStatus)).toBe(false);
});
