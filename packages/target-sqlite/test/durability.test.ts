import { expect, it } from 'vitest';
import { longStream } from './long-stream.ts';
import { hasStrace, traced } from './strace.ts';
import { TestTarget } from './target.ts';

it.skipIf(!hasStrace)(
  'the target prints a STATE only after the STATE has been synced to the disk (needs strace)',
  async () => {
    const target = new TestTarget({ batch_size_rows: 100 });
    const { code, calls } = await traced(target, longStream(0, 3000), [
      ...['-s', '17000', '-e', 'trace=pwrite64,write,fsync,fdatasync'],
    ]);
    expect(code).toBe(0);
    const { printed, early } = statesIn(calls);
    expect(printed).toBeGreaterThan(0);
    expect(early).toEqual([]);
  },
);

/**
 * Follows each state through the calls that write it to the log, sync the log and print the state.
 * Looking for unsynced bytes is not enough, because a later transaction may write in the meantime.
 */
function statesIn(calls: readonly string[]): { printed: number; early: string[] } {
  const written = new Set<string>();
  const synced = new Set<string>();
  const early: string[] = [];
  let printed = 0;
  for (const call of syncsWhenDone(calls)) {
    const states = call.match(/\{\\"at\\":\d+\}/g) ?? [];
    if (/pwrite64\(\d+<[^>]*-wal>/.test(call)) for (const state of states) written.add(state);
    if (/sync\(\d+<[^>]*-wal>/.test(call)) for (const state of written) synced.add(state);
    if (!call.includes('write(1<')) continue;
    printed += states.length;
    early.push(...states.filter((state) => !synced.has(state)));
  }
  return { printed, early };
}

/** Moves each sync that strace reports in two parts to the line where the sync ends. */
function syncsWhenDone(calls: readonly string[]): string[] {
  const begun = new Map<string, string>();
  return calls.map((call) => {
    const [pid = ''] = call.split(' ');
    if (/sync\(.*<unfinished/.test(call)) {
      begun.set(pid, call);
      return '';
    }
    return call.includes('sync resumed>') ? (begun.get(pid) ?? '') : call;
  });
}
