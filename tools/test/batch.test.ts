import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { tableNames } from '@exact-spotter/schema';
import { describe, expect, it } from 'vitest';
import { ended, startProgram } from '@exact-spotter/testing';
import type { Pair } from './pair.ts';
import { batchesOf, withBatches, type Batches } from './batches.ts';
import { serveAccount } from './served-account.ts';

const MINUTES = 60_000;
const served = serveAccount({ seed: 81, leads: 500 }, { page_size: 60 });
const { account, newPair, copies } = served;

/** What the target notes beside each row. */
function notes({ database }: Pair): Record<string, unknown> {
  const reader = new DatabaseSync(database, { readOnly: true });
  const found = tableNames.map((table) => {
    const sql = `SELECT count(*) AS rows, count(_sdc_table_version) AS versions,
      count(_sdc_extracted_at) AS times, count(_sdc_deleted_at) AS gone FROM "${table}"`;
    return [table, reader.prepare(sql).get()] as const;
  });
  reader.close();
  return Object.fromEntries(found);
}

describe('an account in files is the account in lines', () => {
  it.each<[string, Batches, 'traced' | 'whole']>([
    ['packed', { compression: 'gzip' }, 'traced'],
    ['plain', { compression: 'none' }, 'traced'],
    [
      'packed, full soon, and read whole each time',
      { compression: 'gzip', batch_size: 35 },
      'whole',
    ],
  ])(
    '%s: at first, after edits, and in the rows that went',
    { timeout: 3 * MINUTES },
    async (_case, batches, reach) => {
      const settings = reach === 'whole' ? { full_refresh_days: 0.000_001 } : {};
      const [lines, files] = [newPair(settings), withBatches(newPair(settings), batches)];
      for (let run = 0; run < 3; run += 1) {
        await copies(lines);
        await copies(files);
        expect(notes(files)).toEqual(notes(lines));
        account.live({ seed: 81 + run, edits: 25, ...(reach === 'whole' && { reach }) });
      }
      expect(readdirSync(batchesOf(files)).length).toBeGreaterThan(22);
    },
  );

  it('ties that come in any order', async () => {
    served.simulator.behave({ tieOrder: 'shuffled', pageCap: 23 });
    await copies(withBatches(newPair(), { compression: 'none' }));
  });

  it('rows that change under the reader', async () => {
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

it('told to end, the tap leaves no file that it has not named', async () => {
  served.simulator.behave({ latencyMs: 20 });
  const pair = withBatches(newPair(), { compression: 'gzip' });
  const tap = startProgram('tap-exactsales', ['--config', join(pair.folder, 'tap.json')]);
  const ending = ended(tap);
  while (served.simulator.requests.length < 12) await wait(20);
  tap.kill('SIGTERM');
  const { code, stdout, stderr } = await ending;
  expect(code, stderr).toBe(0);
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

it('a reader that goes away leaves no file that nobody was told of', async () => {
  const pair = withBatches(newPair(), { compression: 'gzip' });
  const tap = startProgram('tap-exactsales', ['--config', join(pair.folder, 'tap.json')]);
  const ending = ended(tap);
  tap.stdout.destroy();
  const { code, stderr } = await ending;
  expect(code).toBe(1);
  expect(stderr).not.toMatch(/ERROR|CRITICAL|EPIPE/);
  expect(readdirSync(batchesOf(pair))).toEqual([]);
});
