import { mock } from 'node:test';
import { runProgram } from '@exact-spotter/singer';
import { startProgress } from '../src/progress.ts';
import { program } from '../src/settings.ts';

const MINUTE = 60_000;

/** For how many milliseconds of each minute the rate limit makes requests wait. */
const WAIT = Number(process.env['WAIT'] ?? 0);
/** For how many milliseconds the API has asked for a pause. */
const PAUSE = Number(process.env['PAUSE'] ?? 0);

/** Reads one page from each of two endpoints per minute on a mocked clock. */
await runProgram(program, [], {}, async () => {
  let now = 0;
  mock.method(performance, 'now', () => now);
  mock.timers.enable({ apis: ['setInterval'] });
  const passMinute = (): void => {
    now += MINUTE;
    mock.timers.tick(MINUTE);
  };
  const progress = await startProgress({
    left: 7,
    get waited() {
      return (now / MINUTE) * WAIT;
    },
    get pause() {
      return Math.max(0, PAUSE - now);
    },
  });
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
