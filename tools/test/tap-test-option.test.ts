import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ended, type Ended, startProgram } from '@exact-spotter/testing';
import { Pair } from './pair.ts';
import { createAccount, startSimulator, type Simulator } from '@exact-spotter/simulator';

const TOKEN = 'canary-token';
const account = createAccount({ seed: 4, leads: 200 });
let simulator: Simulator;
let pair: Pair;

beforeAll(async () => {
  simulator = await startSimulator({ account, token: TOKEN });
  pair = new Pair(settings());
});

beforeEach(() => simulator.reset());

afterAll(() => simulator.stop());

function settings(): object {
  return {
    ...{ api_token: TOKEN, api_url: simulator.url },
    ...{ quota_requests: 10_000, max_retries: 0 },
  };
}

interface Line {
  readonly type: string;
  readonly stream?: string;
  readonly record?: Readonly<Record<string, unknown>>;
}

interface Tested extends Ended {
  readonly lines: readonly Line[];
}

async function tap(...args: string[]): Promise<Tested> {
  const config = pair.write('tap.json', settings());
  const child = startProgram('tap-exactsales', ['--config', config, ...args]);
  child.stdin.end();
  const end = await ended(child);
  const lines = end.stdout.split('\n').filter((line) => line !== '');
  return { ...end, lines: lines.map((line) => JSON.parse(line) as Line) };
}

/** The number of streams that are selected by default. */
const STREAMS = 23;

function streams({ lines }: Tested, type: string): (string | undefined)[] {
  return lines.filter((line) => line.type === type).map(({ stream }) => stream);
}

describe.each([['--test'], ['--test=all']])('%s', (option) => {
  it('prints the schema and one record of each stream, but no state', async () => {
    const tested = await tap(option);
    expect(tested.code, tested.stderr).toBe(0);
    expect(new Set(tested.lines.map(({ type }) => type))).toEqual(new Set(['SCHEMA', 'RECORD']));
    const records = streams(tested, 'RECORD');
    expect(records).toHaveLength(STREAMS);
    expect(new Set(records)).toEqual(new Set(streams(tested, 'SCHEMA')));
    expect(simulator.requests).toHaveLength(18);
    expect(tested.stderr).not.toContain(TOKEN);
  });
});

describe('--test', () => {
  it('prints a child of the printed parent', async () => {
    const { lines } = await tap('--test');
    const record = (of: string): Line['record'] =>
      lines.find(({ type, stream }) => type === 'RECORD' && stream === of)?.record;
    expect(record('tasks__contacts')?.['task_id']).toBe(record('tasks')?.['id']);
    expect(record('tasks')?.['id']).toEqual(expect.any(Number));
  });

  it('tests only selected streams', async () => {
    const child = startProgram('tap-exactsales', ['--discover']);
    const { stdout } = await ended(child);
    const { streams: all } = JSON.parse(stdout) as { streams: { stream: string }[] };
    const wanted = all.filter(({ stream }) => ['stages', 'leadspersons__persons'].includes(stream));
    const tested = await tap('--test', '--catalog', pair.write('some.json', { streams: wanted }));
    expect(streams(tested, 'RECORD')).toEqual(['stages', 'leadspersons__persons']);
    expect(simulator.requests.map(({ path }) => path)).toEqual(['/stages', '/LeadsAndPersons']);
  });

  it('reads from the bookmarks in the state', async () => {
    const bookmarks = { leads: { replication_key_value: '2024-06-02T00:00:00Z' } };
    simulator.clearRequests();
    await tap('--test', '--state', pair.write('state.json', { bookmarks }));
    const filters = simulator.requests
      .filter(({ set }) => set === 'Leads')
      .map(({ query }) => query['$filter']);
    expect(filters).toEqual(['updateDate ge 2024-06-01T00:00:00.000Z']);
  });

  it('ends with exit code 1 when a set cannot be read, and tests the remaining sets', async () => {
    simulator.behave({ missing: ['stages'] });
    const tested = await tap('--test');
    expect(tested.code).toBe(1);
    expect(streams(tested, 'RECORD')).toHaveLength(STREAMS - 1);
    expect(tested.stderr).toMatch(/CRITICAL The test failed for \/stages/);
  });
});

describe('--test=schema', () => {
  it('prints only the schemas and sends no request', async () => {
    const tested = await tap('--test=schema');
    expect(tested.code, tested.stderr).toBe(0);
    expect(streams(tested, 'SCHEMA')).toHaveLength(STREAMS);
    expect(tested.lines).toHaveLength(STREAMS);
    expect(simulator.requests).toEqual([]);
  });
});

it('--test refuses an unknown value', async () => {
  const { code, stdout, stderr } = await tap('--test=records');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('see tap-exactsales --help');
});
