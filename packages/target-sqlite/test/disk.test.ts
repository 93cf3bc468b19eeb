import { execute } from '@exact-spotter/testing';
import { describe, expect, it } from 'vitest';
import { isWhole, longStream, problemOf, storedAt } from './long-stream.ts';
import { hasStrace, traced } from './strace.ts';
import { command, TestTarget } from './target.ts';

const ROWS = 1000;
const POINTS = Number(process.env['FAULT_POINTS'] ?? 3);

/** Resumes after an error and expects every row exactly once. */
async function resume(target: TestTarget): Promise<void> {
  await target.load(longStream(storedAt(target), ROWS));
  expect(isWhole(target, ROWS)).toBe(true);
}

describe('a disk error', () => {
  it.skipIf(!hasStrace).each<[string, string, RegExp]>([
    [
      'the disk is full',
      'inject=pwrite64:error=ENOSPC',
      /The disk that holds the database .* is full/,
    ],
    [
      'the disk cannot be written',
      'inject=pwrite64:error=EIO',
      /The disk that holds the database .* is full, or a file size limit was reached/,
    ],
    [
      'cannot be synced',
      'inject=fsync:error=EIO',
      /The disk that holds the database .* reported an error/,
    ],
  ])(
    'fails the run with one error, prints no further STATE and loses no rows: %s (needs strace)',
    async (_name, fault, sentence) => {
      const call = /inject=(\w+)/.exec(fault)?.[1] ?? '';
      let failures = 0;
      for (let point = 1; point <= POINTS; point += 1) {
        const target = new TestTarget({ batch_size_rows: 200 });
        // This call and all later calls fail, as on a broken disk.
        const { code, stdout, stderr, calls } = await traced(target, longStream(0, ROWS), [
          ...['-e', `trace=${call}`, '-e', `${fault}:when=${point * 5 - 2}+`],
        ]);
        // Stop if the run made fewer calls, since there are no more points to try.
        if (!calls.some((line) => line.includes('(INJECTED)'))) break;
        expect(problemOf(target, stdout)).toBeUndefined();
        if (code !== 0) {
          failures += 1;
          expect(code).toBe(1);
          expect(stderr).toMatch(sentence);
          expect(stderr.match(/CRITICAL/g)).toHaveLength(1);
        }
        await resume(target);
      }
      expect(failures).toBeGreaterThan(0);
    },
  );

  it.skipIf(process.platform === 'win32')(
    'mentions a possible file size limit (not on Windows)',
    async () => {
      const target = new TestTarget({ batch_size_rows: 200 });
      const limit = 'trap "" XFSZ; ulimit -f 200; exec "$@"';
      const args = ['-c', limit, 'sh', ...command, '--config', target.config];
      const { code, stdout, stderr } = await execute('sh', args, { input: longStream(0, ROWS) });
      expect(code).toBe(1);
      expect(stderr).toMatch(/The disk that holds the database .* is full, or a file size limit/);
      expect(problemOf(target, stdout)).toBeUndefined();
      await resume(target);
    },
  );
});
