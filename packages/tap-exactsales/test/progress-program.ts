import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram } from '@exact-spotter/singer';
import { startProgress } from '../src/progress.ts';
import { program } from '../src/settings.ts';

/** Reads four pages of two endpoints, with a progress line every 50 ms instead of every minute. */
await runProgram(program, [], {}, async () => {
  const progress = await startProgress(() => 7, { draw: 20, line: 50 });
  const read = async (name: string, total?: number): Promise<void> => {
    await Array.fromAsync(progress.follow(name, pages(total)));
  };
  await Promise.all([read('leads', 2000), read('boxes')]);
  // This is long enough for two more lines, which must not be written.
  await sleep(120);
  progress.end();
});

async function* pages(
  total: number | undefined,
): AsyncGenerator<{ rowsRead: number; total?: number }> {
  for (let page = 1; page <= 4; page += 1) {
    await sleep(150);
    yield { rowsRead: page * 500, ...(total && { total }) };
  }
}
