import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ended, until, withSeed, type Child, type Random } from '@exact-spotter/testing';
import type { Pair } from './pair.ts';
import { batchesOf, withBatches, type Batches } from './batches.ts';
import { serveAccount } from './served-account.ts';

const MINUTES = 60_000;
/** Number of runs to kill. Set `KILLS=500` in the environment to kill many more. */
const KILLS = Number(process.env['KILLS'] ?? 9);
const served = serveAccount({ seed: 51, leads: 600 }, { page_size: 50 });
const { account, newPair, copies } = served;

/**
 * Waits until the tap has sent some requests. By then, it handles signals and still has rows to read.
 */
async function untilReading(requests = 12): Promise<void> {
  await until(() => served.simulator.requests.length >= requests);
}

/** Makes the API answer quickly until the tap is reading, and then too slowly for it to finish. */
function answerSlowly(): void {
  served.simulator.behave({
    latencyMs: () => (served.simulator.requests.length < 12 ? 0 : 400),
  });
}

function states(stdout: string): object[] {
  const lines = stdout.split('\n').filter((line) => line.startsWith('{"type":"STATE"'));
  return lines.map((line) => (JSON.parse(line) as { value: object }).value);
}

async function exitCode(child: Child): Promise<number | null> {
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

describe.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('%s', (signal, expected) => {
  it(`ends the tap with exit code ${expected} and a last STATE`, async () => {
    answerSlowly();
    const tap = newPair().startTap();
    const ending = ended(tap);
    await untilReading();
    tap.kill(signal);
    const { code, stdout, stderr } = await ending;
    expect(code, stderr).toBe(expected);
    expect(stderr).toContain(`${signal} stopped the run, so the copy is incomplete; the next run`);
    expect(stdout.endsWith('\n')).toBe(true);
    expect(stdout.trim().split('\n').at(-1)).toMatch(/^{"type":"STATE"/);
    expect(states(stdout).length).toBeGreaterThan(0);
  });

  it('to the tap alone lets the target load everything that it received and exit with 0', async () => {
    answerSlowly();
    const pair = newPair();
    const { tap, target } = await pair.start();
    const ending = Promise.all([ended(tap), ended(target)]);
    await untilReading();
    tap.kill(signal);
    const [tapEnded, targetEnded] = await ending;
    expect({ tap: tapEnded.code, target: targetEnded.code }).toEqual({ tap: expected, target: 0 });
    served.simulator.behave({ latencyMs: 0 });
    await copies(pair);
  });

  it('ends the tap even when nothing reads its output', async () => {
    const tap = newPair().startTap();
    await untilReading();
    tap.kill(signal);
    // The output does not fit into the pipe, so the tap could not end without the signal.
    expect(await exitCode(tap)).toBe(expected);
    tap.stdout.resume();
  });
});

it('a second SIGTERM ends the tap at once with exit code 143', async () => {
  const tap = newPair().startTap();
  // Nobody reads the output, so with more rows than the pipe holds, the tap cannot end gracefully.
  const rows = (): number => served.simulator.requests.reduce((sum, one) => sum + one.rows, 0);
  await until(() => rows() > 1000);
  const exit = exitCode(tap);
  // If a SIGTERM arrives while the tap exits, the signal ends the tap, which a shell reports as 143.
  const isOver = (): boolean => tap.exitCode !== null || tap.signalCode !== null;
  await until(() => isOver() || (tap.kill('SIGTERM'), false));
  const code = await exit;
  expect(tap.signalCode === 'SIGTERM' ? 143 : code).toBe(143);
});

it('a reader that closes the pipe ends the tap without an error message', async () => {
  const tap = newPair().startTap();
  const head = spawn('head', ['-1'], { stdio: [tap.stdout as never, 'pipe', 'ignore'] });
  tap.stdout.destroy();
  const stderr: Buffer[] = [];
  tap.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  expect(await exitCode(tap)).toBe(1);
  expect(Buffer.concat(stderr).toString()).not.toMatch(/ERROR|CRITICAL|EPIPE/);
  head.kill();
});

/** The two ways to send rows: in RECORD messages and in small BATCH files. */
const FORMATS: readonly (readonly [string, Batches | undefined])[] = [
  ['lines', undefined],
  ['files', { compression: 'gzip', batch_size: 40 }],
];

describe.each(FORMATS)('kill -9 (rows in %s)', (_format, batches) => {
  it.each(['tap', 'target', 'both'] as const)(
    'of %s at a random moment loses no row, and later runs complete the copy',
    (victim) =>
      withSeed(async (random) => {
        served.simulator.behave({ latencyMs: 8 });
        const pair = withBatches(newPair(), batches);
        await killRuns(pair, victim, Math.ceil(KILLS / 3), random);
        served.simulator.behave({ latencyMs: 0 });
        await copies(pair);
        // Rows that were sent twice are stored once, and the next run continues as usual.
        account.live({ seed: KILLS, edits: 10 });
        await copies(pair);
      })(),
    KILLS * MINUTES,
  );
});

describe('a STATE', () => {
  it.each(FORMATS)(
    'covers all earlier rows, so a run from it completes a load that ended there (rows in %s)',
    async (_format, batches) => {
      const pair = withBatches(newPair(), batches);
      const whole = await pair.tap();
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

  it('lets the next run continue an interrupted read after the last row', async () => {
    const pair = newPair();
    const first = await pair.tap();
    const interrupted = states(first.stdout).find((value) =>
      JSON.stringify(value).includes('"path":"/LeadsAndPersons"'),
    );
    served.simulator.clearRequests();
    const state = pair.write('state.json', interrupted);
    await pair.tap('--state', state);
    const filters = served.simulator.requests
      .filter(({ set }) => set === 'LeadsAndPersons')
      .map(({ query }) => query['$filter'] ?? '');
    expect(filters[0]).toMatch(/^id gt \d+$/);
    // The tap then reads what has changed since the first run began.
    expect(filters.at(-1)).toMatch(/^updateDate ge /);
  });
});

/**
 * Returns a pair's lines for the target of another pair. Copies the files, because a target looks for
 * files in its own folder.
 */
function moved(from: Pair, to: Pair, lines: readonly string[]): string[] {
  if (existsSync(batchesOf(from))) cpSync(batchesOf(from), batchesOf(to), { recursive: true });
  return lines.map((line) => line.replaceAll(from.folder, to.folder));
}

/** Loads the first lines of a run. */
async function load(pair: Pair, lines: readonly string[]): Promise<void> {
  const { code, stderr } = await pair.load(`${lines.join('\n')}\n`);
  expect(code, stderr).toBe(0);
}

type Victim = 'tap' | 'target' | 'both';

/** Starts runs until `count` of them have been killed. */
async function killRuns(pair: Pair, victim: Victim, count: number, random: Random): Promise<void> {
  let killed = 0;
  let range = 100;
  for (let run = 1; killed < count; run += 1) {
    if (run > 10 * count) throw new Error(`only ${killed} of ${run - 1} runs could be killed`);
    const before = served.simulator.requests.length;
    if (await runAndKill(pair, victim, Math.ceil(random() * range))) killed += 1;
    // The run ended before it made so many requests, so the next run is killed sooner.
    else range = Math.max(1, served.simulator.requests.length - before);
  }
}

/**
 * Kills a run after a number of requests. If the run has already ended, it must have succeeded.
 * @returns true if the signal ended every victim
 */
async function runAndKill(pair: Pair, victim: Victim, requests: number): Promise<boolean> {
  const { tap, target } = await pair.start();
  const both = Promise.all([ended(tap), ended(target)]);
  const last = served.simulator.requests.length + requests;
  await until(() => served.simulator.requests.length >= last || tap.exitCode !== null);
  if (victim !== 'target') tap.kill('SIGKILL');
  if (victim !== 'tap') target.kill('SIGKILL');
  if (victim === 'target') tap.stdout.destroy();
  const [tapEnded, targetEnded] = await both;
  const victims = { tap: [tapEnded], target: [targetEnded], both: [tapEnded, targetEnded] }[victim];
  if (victims.every(({ signal }) => signal === 'SIGKILL')) return true;
  for (const { code, signal, stderr } of victims) {
    if (signal === null) expect(code, stderr).toBe(0);
  }
  return false;
}
