import { setTimeout as wait } from 'node:timers/promises';
import { ended, withSeed } from '@exact-spotter/testing';
import { describe, expect, it } from 'vitest';
import { isWhole, longStream, problemOf, storedAt } from './long-stream.ts';
import { hasStrace, traced } from './strace.ts';
import { integer, lines, nullableText, record, schema, TestTarget } from './target.ts';

/** `npm run test:faults` sets higher values for KILLS and POINTS. */
const KILLS = Number(process.env['FAULT_KILLS'] ?? 10);
const POINTS = Number(process.env['FAULT_POINTS'] ?? 5);
const HOURS = 3_600_000;

describe('kill -9', () => {
  const rows = 40_000;
  const input = longStream(0, rows);

  it(
    'at random moments does not lose or duplicate rows',
    withSeed(async (random) => {
      for (let kills = 0; kills < KILLS;) {
        const target = new TestTarget({ batch_size_rows: 500 });
        for (let from = 0; from < rows; from = storedAt(target)) {
          const child = target.start();
          const end = ended(child, from === 0 ? input : longStream(from, rows));
          await Promise.race([end, wait(150 + random() * 700)]);
          if (kills < KILLS && child.exitCode === null && child.kill('SIGKILL')) kills += 1;
          const { stdout } = await end;
          expect(problemOf(target, stdout)).toBeUndefined();
        }
        expect(isWhole(target, rows)).toBe(true);
      }
    }),
    6 * HOURS,
  );
});

describe.skipIf(!hasStrace)('kill -9 during a disk write (needs strace)', () => {
  const rows = 400;
  const changing = (type: string): object =>
    schema(
      'keyed',
      { id: integer, at: integer, text: nullableText, more: { type: ['null', type] } },
      ['id'],
    );
  const first = lines(changing('integer'), record('keyed', { id: 1, at: 0, more: 1 }));

  it.each<[string, 'pwrite64' | 'fsync', string, string]>([
    ['an empty database', 'pwrite64', '', ''],
    ['an empty database', 'fsync', '', ''],
    ['existing rows', 'pwrite64', longStream(0, 200), ''],
    ['a table that must be rebuilt', 'pwrite64', first, lines(changing('string'))],
  ])(
    'does not lose or duplicate rows: %s, %s',
    async (_name, call, before, change) =>
      withSeed(async (random) => {
        const run = async (options: readonly string[]): Promise<number> => {
          const target = new TestTarget({ batch_size_rows: 50 });
          if (before !== '') await target.load(before);
          const from = storedAt(target);
          const { stdout, calls } = await traced(target, change + longStream(from, rows), [
            ...['-e', `trace=${call}`, ...options],
          ]);
          expect(problemOf(target, stdout)).toBeUndefined();
          await target.load(longStream(storedAt(target), rows));
          expect(isWhole(target, rows)).toBe(true);
          return calls.filter((line) => line.includes(`${call}(`)).length;
        };
        const count = await run([]);
        const step = Math.max(1, count / POINTS);
        for (let point = 1 + random() * (step - 1); point <= count; point += step) {
          await run(['-e', `inject=${call}:signal=SIGKILL:when=${Math.floor(point)}`]);
        }
      })(),
    2 * HOURS,
  );
});
