import { readdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isSelectedByDefault, tableNames } from '@exact-spotter/schema';
import { describe, expect, it } from 'vitest';
import { ended, until } from '@exact-spotter/testing';
import type { Pair } from './pair.ts';
import { batchesOf, withBatches, type Batches } from './batches.ts';
import { serveAccount } from './served-account.ts';

const MINUTES = 60_000;
const served = serveAccount({ seed: 81, leads: 500 }, { page_size: 60 });
const { account, newPair, copies } = served;

/** Returns the number of rows in each table, and how many of them have each kind of metadata. */
function counts({ database }: Pair): Record<string, unknown> {
  const reader = new DatabaseSync(database, { readOnly: true });
  const found = tableNames.filter(isSelectedByDefault).map((table) => {
    const sql = `SELECT count(*) AS rows, count(_sdc_table_version) AS versions,
      count(_sdc_extracted_at) AS times, count(_sdc_deleted_at) AS deleted FROM "${table}"`;
    return [table, reader.prepare(sql).get()] as const;
  });
  reader.close();
  return Object.fromEntries(found);
}

describe('BATCH files', () => {
  it.each<[string, Batches, 'daily' | 'whole']>([
    ['compressed', { compression: 'gzip' }, 'daily'],
    ['uncompressed', { compression: 'none' }, 'daily'],
    ['compressed, small and from full refreshes', { compression: 'gzip', batch_size: 35 }, 'whole'],
  ])(
    'produce the same copy as RECORD messages, even after edits and deletions (%s)',
    { timeout: 3 * MINUTES },
    async (_case, batches, scope) => {
      const settings = scope === 'whole' ? { full_refresh_days: 0.000_001 } : {};
      const [lines, files] = [newPair(settings), withBatches(newPair(settings), batches)];
      for (let run = 0; run < 3; run += 1) {
        await copies(lines);
        await copies(files);
        expect(counts(files)).toEqual(counts(lines));
        account.live({ seed: 81 + run, edits: 25, ...(scope === 'whole' && { scope }) });
      }
      expect(readdirSync(batchesOf(files)).length).toBeGreaterThan(22);
    },
  );

  it('are complete when the server changes the order of rows with equal dates', async () => {
    served.simulator.behave({ tieOrder: 'shuffled', pageCap: 23 });
    await copies(withBatches(newPair(), { compression: 'none' }));
  });

  it('are complete when rows change during the read', async () => {
    const pair = withBatches(newPair({ page_size: 20 }), { compression: 'gzip', batch_size: 90 });
    let request = 0;
    const end = served.simulator.onRequest(() => {
      request += 1;
      account.live({ seed: request, edits: 2 });
    });
    const { tap, target } = await pair.run();
    end();
    expect({ tap: tap.code, target: target.code }, tap.stderr + target.stderr).toEqual({
      tap: 0,
      target: 0,
    });
    await copies(pair);
  });
});

it('every BATCH file has its message after SIGTERM ends the tap', async () => {
  served.simulator.behave({ latencyMs: 20 });
  const pair = withBatches(newPair(), { compression: 'gzip' });
  const tap = pair.startTap();
  const ending = ended(tap);
  await until(() => served.simulator.requests.length >= 12);
  tap.kill('SIGTERM');
  const { code, stdout, stderr } = await ending;
  expect(code, stderr).toBe(143);
  const messages = stdout.trim().split('\n');
  expect(messages.at(-1)).toMatch(/^{"type":"STATE"/);
  const named = messages.filter((line) => line.startsWith('{"type":"BATCH"'));
  const files = readdirSync(batchesOf(pair));
  expect(named.length).toBeGreaterThan(0);
  expect(files.length).toBe(named.length);
  for (const name of files)
    expect(
      named.some((line) => line.includes(name)),
      name,
    ).toBe(true);
});

it('the tap leaves no BATCH file if the reader closes the pipe', async () => {
  const pair = withBatches(newPair(), { compression: 'gzip' });
  const tap = pair.startTap();
  const ending = ended(tap);
  tap.stdout.destroy();
  const { code, stderr } = await ending;
  expect(code).toBe(1);
  expect(stderr).not.toMatch(/ERROR|CRITICAL|EPIPE/);
  expect(readdirSync(batchesOf(pair))).toEqual([]);
});
