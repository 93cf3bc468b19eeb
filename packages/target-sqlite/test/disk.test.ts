import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { faultOf, isWhole, keptAt, longStream } from './long-stream.ts';
import { hasStrace, traced } from './strace.ts';
import { bin, ended, TestTarget } from './target.ts';

const ROWS = 1000;
const POINTS = Number(process.env['FAULT_POINTS'] ?? 3);

/** Goes on from what a fault has left, and ends with everything once. */
async function goesOn(target: TestTarget): Promise<void> {
  await target.load(longStream(keptAt(target), ROWS));
  expect(isWhole(target, ROWS)).toBe(true);
}

describe('a disk that fails', () => {
  it.skipIf(!hasStrace).each<[string, string, RegExp]>([
    ['is full', 'inject=pwrite64:error=ENOSPC', /The disk under the database .* is full/],
    [
      'cannot be written',
      'inject=pwrite64:error=EIO',
      /The disk under the database .* (?:is full|failed)/,
    ],
    ['cannot be synced', 'inject=fsync:error=EIO', /The disk under the database .* failed/],
  ])('%s: one sentence, no state, and nothing is lost', async (_name, fault, sentence) => {
    const call = /inject=(\w+)/.exec(fault)?.[1] ?? '';
    let failures = 0;
    for (let point = 1; point <= POINTS; point += 1) {
      const target = new TestTarget({ batch_size_rows: 200 });
      // From that call on all fail, as on a disk that stays as it is.
      const { code, stdout, stderr, calls } = await traced(target, longStream(0, ROWS), [
        ...['-e', `trace=${call}`, '-e', `${fault}:when=${point * 5 - 2}+`],
      ]);
      // Past the last call of the run there is nothing more to try, however many points are asked.
      if (!calls.some((line) => line.includes('(INJECTED)'))) break;
      expect(faultOf(target, stdout)).toBeUndefined();
      if (code !== 0) {
        failures += 1;
        expect(code).toBe(1);
        expect(stderr).toMatch(sentence);
        expect(stderr.match(/CRITICAL/g)).toHaveLength(1);
      }
      await goesOn(target);
    }
    expect(failures).toBeGreaterThan(0);
  });

  it.skipIf(process.platform === 'win32')('has a limit on the size of files', async () => {
    const target = new TestTarget({ batch_size_rows: 200 });
    const limit = 'trap "" XFSZ; ulimit -f 200; exec "$@"';
    const child = spawn('sh', [
      ...['-c', limit, 'sh', process.execPath, '--conditions=@exact-spotter/source'],
      ...[bin, '--config', target.config],
    ]);
    child.stdin.on('error', () => undefined);
    child.stdin.end(longStream(0, ROWS));
    const { code, stdout, stderr } = await ended(child);
    expect(code).toBe(1);
    expect(stderr).toMatch(/The disk under the database .* is full, or a limit/);
    expect(faultOf(target, stdout)).toBeUndefined();
    await goesOn(target);
  });
});
