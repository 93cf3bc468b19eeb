import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ended, type Pair, start } from '../src/pair.ts';
import { batchesOf, withBatches, type Batches } from './batches.ts';
import { serveAccount } from './served-account.ts';

const MINUTES = 60_000;
/** Runs that are killed; `KILLS=500` in the environment makes it many more. */
const KILLS = Number(process.env['KILLS'] ?? 9);
const served = serveAccount({ seed: 51, leads: 600 }, { page_size: 50 });
const { account, newPair, copies } = served;

/** Until the tap has asked for some pages: it listens to signals then, and is not done. */
async function underWay(): Promise<void> {
  while (served.simulator.requests.length < 12) await wait(20);
}

function states(stdout: string): object[] {
  const lines = stdout.split('\n').filter((line) => line.startsWith('{"type":"STATE"'));
  return lines.map((line) => (JSON.parse(line) as { value: object }).value);
}

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  it('ends the tap in order: exit code 0, and a last state from which the next run goes on', async () => {
    served.simulator.behave({ latencyMs: 20 });
    const pair = newPair();
    const tap = start('tap-exactsales', ['--config', join(pair.folder, 'tap.json')]);
    const ending = ended(tap);
    await underWay();
    const told = Date.now();
    tap.kill(signal);
    const { code, stdout, stderr } = await ending;
    expect(code, stderr).toBe(0);
    expect(Date.now() - told).toBeLessThan(5000);
    expect(stderr).toContain('The next run continues from');
    expect(stdout.endsWith('\n')).toBe(true);
    expect(stdout.trim().split('\n').at(-1)).toMatch(/^{"type":"STATE"/);
    expect(states(stdout).length).toBeGreaterThan(0);
  });

  it('ends the tap also when nobody reads what it writes', async () => {
    const pair = newPair();
    const tap = start('tap-exactsales', ['--config', join(pair.folder, 'tap.json')]);
    await underWay();
    const told = Date.now();
    tap.kill(signal);
    const [code] = (await once(tap, 'exit')) as [number | null];
    expect(code).toBe(0);
    expect(Date.now() - told).toBeLessThan(5000);
    tap.stdout.resume();
  });
});

it('a second signal ends the tap at once', async () => {
  const pair = newPair();
  const tap = start('tap-exactsales', ['--config', join(pair.folder, 'tap.json')]);
  await underWay();
  tap.kill('SIGTERM');
  await wait(100);
  const told = Date.now();
  tap.kill('SIGTERM');
  const [code] = (await once(tap, 'exit')) as [number | null];
  expect(code).toBe(143);
  expect(Date.now() - told).toBeLessThan(1000);
});

it('a reader that goes away ends the tap without a word', async () => {
  const pair = newPair();
  const tap = start('tap-exactsales', ['--config', join(pair.folder, 'tap.json')]);
  const head = spawn('head', ['-1'], { stdio: [tap.stdout as never, 'pipe', 'ignore'] });
  tap.stdout.destroy();
  const stderr: Buffer[] = [];
  tap.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const [code] = (await once(tap, 'exit')) as [number | null];
  expect(code).toBe(1);
  expect(Buffer.concat(stderr).toString()).not.toMatch(/ERROR|CRITICAL|EPIPE/);
  head.kill();
});

/** Rows in lines, and in files that are full soon. */
const WAYS: readonly (readonly [string, Batches | undefined])[] = [
  ['lines', undefined],
  ['files', { compression: 'gzip', batch_size: 40 }],
];

describe.each(WAYS)('kill -9 at any moment loses nothing of rows in %s', (_way, batches) => {
  it.each(['tap', 'target', 'both'] as const)(
    '%s: killed and run again until the end, the copy is equal',
    async (victim) => {
      served.simulator.behave({ latencyMs: 8 });
      const pair = withBatches(newPair(), batches);
      for (let kills = 0; kills < Math.ceil(KILLS / 3); kills += 1) {
        await runAndKill(pair, victim, 500 + Math.random() * 1500);
      }
      served.simulator.behave({ latencyMs: 0 });
      await copies(pair);
      // What came twice is there once, and a run from here on finds nothing amiss.
      account.live({ seed: KILLS, edits: 10 });
      await copies(pair);
    },
    KILLS * MINUTES,
  );
});

describe('every state is true', () => {
  it.each(WAYS)(
    'a run that ends right behind it, and a later one from there, make the copy equal: rows in %s',
    async (_way, batches) => {
      const pair = withBatches(newPair(), batches);
      const whole = await ended(
        start('tap-exactsales', ['--config', join(pair.folder, 'tap.json')]),
      );
      const lines = whole.stdout.split('\n');
      const places = lines.flatMap((line, at) => (line.startsWith('{"type":"STATE"') ? [at] : []));
      expect(places.length).toBeGreaterThan(20);
      for (let cut = 1; cut < places.length; cut += Math.ceil(places.length / 7)) {
        const other = newPair();
        await load(other, moved(pair, other, lines.slice(0, (places[cut] ?? 0) + 1)));
        account.live({ seed: cut, edits: 5 });
        await copies(other);
      }
    },
    3 * MINUTES,
  );

  it('an incremental read that was broken off goes on behind the rows that came', async () => {
    const pair = newPair();
    const first = await ended(start('tap-exactsales', ['--config', join(pair.folder, 'tap.json')]));
    const marked = states(first.stdout).find((value) =>
      JSON.stringify(value).includes('"path":"/LeadsAndPersons"'),
    );
    served.simulator.clearRequests();
    const state = pair.write('state.json', marked);
    const args = ['--config', join(pair.folder, 'tap.json'), '--state', state];
    await ended(start('tap-exactsales', args));
    const filters = served.simulator.requests
      .filter(({ set }) => set === 'LeadsAndPersons')
      .map(({ query }) => query['$filter'] ?? '');
    expect(filters[0]).toMatch(/^id gt \d+$/);
    // What changed since the first run began is read behind it.
    expect(filters.at(-1)).toMatch(/^updateDate ge /);
  });
});

/** The lines of one pair for the target of another, which looks for files in a folder of its own. */
function moved(from: Pair, to: Pair, lines: readonly string[]): string[] {
  if (existsSync(batchesOf(from))) cpSync(batchesOf(from), batchesOf(to), { recursive: true });
  return lines.map((line) => line.replaceAll(from.folder, to.folder));
}

/** Feeds the target with the beginning of a run. */
async function load(pair: Pair, lines: readonly string[]): Promise<void> {
  const target = start('target-sqlite', ['--config', join(pair.folder, 'target.json')]);
  target.stdin.end(`${lines.join('\n')}\n`);
  const { code, stderr } = await ended(target);
  expect(code, stderr).toBe(0);
}

async function runAndKill(
  pair: Pair,
  victim: 'tap' | 'target' | 'both',
  after: number,
): Promise<void> {
  const { stdout } = await pair.target('state');
  pair.write('state.json', JSON.parse(stdout) as unknown);
  const tap = start('tap-exactsales', [
    ...['--config', join(pair.folder, 'tap.json')],
    ...['--state', join(pair.folder, 'state.json')],
  ]);
  const target = start('target-sqlite', ['--config', join(pair.folder, 'target.json')]);
  tap.stdout.pipe(target.stdin);
  for (const stream of [tap.stdout, target.stdin]) stream.on('error', () => undefined);
  const both = Promise.all([ended(tap), ended(target)]);
  await wait(after);
  if (victim !== 'target') tap.kill('SIGKILL');
  if (victim !== 'tap') target.kill('SIGKILL');
  if (victim === 'target') tap.stdout.destroy();
  await both;
}
