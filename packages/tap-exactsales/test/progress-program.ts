import { mock } from 'node:test';
import { runProgram } from '@exact-spotter/singer';
import { startProgress } from '../src/progress.ts';
import { program } from '../src/settings.ts';

const MINUTE = 60_000;

/** Reads one page from each of two endpoints per minute on a mocked clock. */
await runProgram(program, [], {}, async () => {
  let now = 0;
  mock.method(performance, 'now', () => now);
  mock.timers.enable({ apis: ['setInterval'] });
  const passMinute = (): void => {
    now += MINUTE;
    mock.timers.tick(MINUTE);
  };
  const progress = await startProgress(() => 7);
  const leads = progress.follow('leads', pages(3, 2000));
  const boxes = progress.follow('boxes', pages(4));
  // A page is counted once the next page is requested.
  for (let page = 1; page <= 4; page += 1) {
    await leads.next();
    await boxes.next();
    passMinute();
  }
  progress.end();
  passMinute();
});

async function* pages(
  count: number,
  total?: number,
): AsyncGenerator<{ rowsRead: number; total?: number }> {
  for (let page = 1; page <= count; page += 1) {
    yield await Promise.resolve({ rowsRead: page * 500, ...(total && { total }) });
  }
}
