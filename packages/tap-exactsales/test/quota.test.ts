import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Quota } from '../src/api/quota.ts';

let now = 0;
vi.spyOn(performance, 'now').mockImplementation(() => now);
afterEach(() => (now = 0));

describe('Quota', () => {
  it('counts a wait that has not ended yet, and requests that wait together once', async () => {
    const quota = new Quota(1, 600);
    const abort = new AbortController();
    await quota.pass(abort.signal);
    expect(quota.waited).toBe(0);
    const waiting = [quota.pass(abort.signal), quota.pass(abort.signal)];
    await turn();
    now = 45_000;
    expect(quota.waited).toBe(45_000);
    abort.abort();
    expect((await Promise.allSettled(waiting)).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
    ]);
    now = 50_000;
    expect(quota.waited).toBe(45_000);
  });

  it('says how long the pause after a 429 lasts', () => {
    const quota = new Quota(30, 20);
    expect(quota.pause).toBe(0);
    quota.exceeded(90_000);
    now = 60_000;
    expect(quota.pause).toBe(30_000);
    now = 100_000;
    expect(quota.pause).toBe(0);
  });
});
