import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareInstants,
  parseDateTime,
  shiftInstant,
  sortableInstant,
  wallMilliseconds,
  zoneOffset,
} from '../src/index.ts';

describe('parseDateTime', () => {
  it.each([
    ['2026-02-29', 'a day that does not exist'],
    ['2026-13-01', 'a month that does not exist'],
    ['2026-01-01T24:00:00Z', 'an hour that does not exist'],
    ['2026-01-01T10:61:00Z', 'a minute that does not exist'],
    ['2026-01-01T10', 'an hour without minutes'],
    ['01/02/2026', 'a different notation'],
    ['', 'empty text'],
  ])('rejects %j, %s', (text) => {
    expect(parseDateTime(text)).toBeUndefined();
  });

  it('keeps the spelling of the fraction and the zone', () => {
    const { fraction, zone, hasTime } = parseDateTime('2026-01-02 03:04:05.1200000-0300') ?? {};
    expect([fraction, zone, hasTime]).toEqual(['1200000', '-0300', true]);
  });

  it('does not change the year 1 to 1901', () => {
    const year = parseDateTime('0001-01-01T00:00:00Z');
    expect(year && wallMilliseconds(year)).toBe(Date.parse('0001-01-01T00:00:00Z'));
  });
});

it.each([
  ['Z', 0],
  ['', 0],
  ['-03', -10_800_000],
  ['-0330', -12_600_000],
  ['+05:30', 19_800_000],
])('zoneOffset(%j) is %i ms', (zone, offset) => {
  expect(zoneOffset(zone)).toBe(offset);
});

describe('sortableInstant', () => {
  it.each([
    ['2026-01-01', '2026-01-01T00:00:00Z'],
    ['2026-01-01T00:00:00.500Z', '2025-12-31T21:00:00.5-03:00'],
    ['2026-01-01T00:00Z', '2025-12-31 21:00 -03'],
  ])('returns the same text for %j and %j', (left, right) => {
    expect(sortableInstant(left)).toBe(sortableInstant(right));
    expect(sortableInstant(left)).toBeDefined();
  });

  it('returns text that sorts in the order of compareInstants, down to the last digit', () => {
    const instant = fc
      .tuple(
        fc.integer({ min: 0, max: 4e12 }),
        fc.string({ unit: fc.integer({ min: 0, max: 9 }).map(String), maxLength: 9 }),
      )
      .map(([time, fraction]) => {
        const seconds = new Date(time).toISOString().slice(0, 19);
        return fraction === '' ? `${seconds}Z` : `${seconds}.${fraction}Z`;
      });
    fc.assert(
      fc.property(instant, instant, (left, right) => {
        const [a = '', b = ''] = [sortableInstant(left), sortableInstant(right)];
        expect(Math.sign(compareInstants(left, right))).toBe(a === b ? 0 : a < b ? -1 : 1);
      }),
    );
  });
});

it('sortableInstant takes linear time for a fraction with a million zeros', () => {
  // Quadratic time would be half an hour.
  const fraction = `1${'0'.repeat(1_000_000)}1`;
  expect(sortableInstant(`2026-01-01T00:00:00.${fraction}000Z`)).toBe(
    `2026-01-01T00:00:00.${fraction}`,
  );
});

it('shiftInstant keeps the digits after the millisecond', () => {
  expect(shiftInstant('2026-01-01T00:00:00.1234567Z', -1)).toBe('2026-01-01T00:00:00.1224567Z');
  expect(shiftInstant('2026-01-01T00:00:00Z', 1500)).toBe('2026-01-01T00:00:01.500Z');
});

it.each([
  ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z', 0],
  ['2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00.4999Z', 1],
  ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.0000001Z', -1],
])('compareInstants(%j, %j) is %i', (left, right, order) => {
  expect(compareInstants(left, right)).toBe(order);
});

it('shiftInstant clamps to the years 0001 to 9999', () => {
  expect(shiftInstant('2026-03-01T00:00:00Z', -1e20)).toBe('0001-01-01T00:00:00.000Z');
  expect(shiftInstant('2026-03-01T00:00:00Z', 1e20)).toBe('9999-12-31T23:59:59.999Z');
});
