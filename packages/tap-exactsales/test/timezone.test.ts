import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../src/endpoints.ts';
import { Timezone } from '../src/rows/timezone.ts';

const saoPaulo = new Timezone('America/Sao_Paulo');

describe('Timezone', () => {
  it.each<[string, Clock, string | undefined]>([
    ['2026-09-04T16:06:50.4609863Z', 'utc', '2026-09-04T16:06:50.4609863Z'],
    ['2026-09-04T16:06:50', 'utc', '2026-09-04T16:06:50Z'],
    ['2026-08-27T13:57:00Z', 'utc', '2026-08-27T13:57:00Z'],
    ['2026-08-19T11:00:00Z', 'wall', '2026-08-19T14:00:00Z'],
    ['2026-08-19T11:00:00.0000000', 'wall', '2026-08-19T14:00:00.0000000Z'],
    ['2018-12-01T10:00:00Z', 'wall', '2018-12-01T12:00:00Z'],
    ['2026-08-19T11:00:00.12', 'zoned', '2026-08-19T14:00:00.12Z'],
    ['2026-08-19T11:00:00.12Z', 'zoned', '2026-08-19T11:00:00.12Z'],
    ['2026-08-19T11:00:00-05:00', 'zoned', '2026-08-19T16:00:00Z'],
    ['2026-08-19T11:00:00+0530', 'utc', '2026-08-19T05:30:00Z'],
    ['2026-08-19 11:00', 'zoned', '2026-08-19T14:00:00Z'],
    ['2026-08-19', 'zoned', '2026-08-19T03:00:00Z'],
    ['2024-02-29T00:00:00Z', 'utc', '2024-02-29T00:00:00Z'],
    ['2026-01-31T10:00:00.5Z', 'utc', '2026-01-31T10:00:00.5Z'],
    ['2026-08-19T11:00:00.12Z', 'picked', '2026-08-19T11:00:00.12Z'],
    ['2026-08-19T11:00:00.12', 'picked', '2026-08-19T11:00:00.12Z'],
    ['2026-08-31T23:00:00.12-03:00', 'picked', '2026-08-31T23:00:00.12Z'],
    ['2026-08-19', 'picked', '2026-08-19T00:00:00Z'],
    ['2026-13-01T10:00:00Z', 'utc', undefined],
    ['2026-00-01T10:00:00Z', 'utc', undefined],
    ['2026-01-00T10:00:00Z', 'utc', undefined],
    ['2026-04-31T10:00:00Z', 'utc', undefined],
    ['2026-01-01T24:00:00Z', 'utc', undefined],
    ['2026-01-01T10:60:00Z', 'zoned', undefined],
    ['2016-12-31T23:59:60Z', 'utc', '2016-12-31T23:59:59Z'],
    ['0001-01-01T00:00:00', 'utc', '0001-01-01T00:00:00Z'],
    ['0001-01-01T00:00:00', 'wall', '0001-01-01T03:06:28Z'],
    ['9999-12-31T23:59:59.9999999', 'wall', '9999-12-31T23:59:59.9999999Z'],
    ['2023-02-29T00:00:00Z', 'utc', undefined],
    ['2026-08-19T25:00:00Z', 'utc', undefined],
    ['19/08/2026', 'zoned', undefined],
    ['', 'zoned', undefined],
  ])('converts %s on the %s clock to %s', (written, clock, instant) => {
    expect(saoPaulo.toInstant(written, clock)).toBe(instant);
  });

  it('converts every instant to wall-clock time and back', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
        (date) => {
          const instant = date.toISOString();
          expect(saoPaulo.toInstant(saoPaulo.toWall(instant), 'wall')).toBe(instant);
        },
      ),
    );
  });
});
