import { expect, it } from 'vitest';
import { many, readStreams, serve, type Row } from './scripted.ts';

/** The log says what bounded a run. */

const sets = {
  stages: many(400, (index): Row => ({ id: index + 1, value: 'x'.repeat(20_000) })),
  industries: many(3, (index): Row => ({ id: index + 1 })),
};

interface Case {
  readonly latencyMs?: number;
  readonly pauseMs?: number;
  readonly settings?: object;
}

it.each<[string, Case, string]>([
  [
    'the rate limit',
    { settings: { page_size: 50, quota_requests: 4, quota_seconds: 1 } },
    'The rate limit set the pace: requests waited for it during .* bounded_by=rate_limit',
  ],
  [
    "the API's response time",
    { latencyMs: 300, settings: { page_size: 100, concurrency: 1 } },
    "The API's response time set the pace of the .*: a page took 0\\.[3-9] s.* bounded_by=api_latency",
  ],
  [
    'the reader of the output',
    { pauseMs: 30, settings: { page_size: 100 } },
    'The reader of the output set the pace: the tap waited for it during .* bounded_by=target',
  ],
])('%s', async (_case, { latencyMs = 0, pauseMs = 0, settings = {} }, sentence) => {
  const server = await serve(sets, undefined, undefined, () => latencyMs);
  const { code, stderr } = await readStreams(server.url, Object.keys(sets), { settings, pauseMs });
  server.stop();
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(new RegExp(sentence));
});
