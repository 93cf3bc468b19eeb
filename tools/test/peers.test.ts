import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedRows } from '../src/oracle/expected-tables.ts';
import { ended, outputOf, startProgram, type Ended } from '@exact-spotter/testing';
import { Pair } from './pair.ts';
import { createAccount, startSimulator, type Simulator } from '@exact-spotter/simulator';
import { TOKEN } from './served-account.ts';
import { feed, peerTools } from './peer-tools.ts';

/**
 * Tests the programs with other authors' tools: a tap checker, a target, and the Singer SDK's test
 * streams.
 */
const MINUTES = 60_000;
const account = createAccount({ seed: 71, leads: 200 });
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ account, token: TOKEN });
});

afterAll(() => simulator.stop());

function newPair(): Pair {
  return new Pair({ api_token: TOKEN, api_url: simulator.url, quota_requests: 10_000 });
}

it(
  'singer-check-tap accepts a first run of the tap and a run from its state',
  async ({ skip }) => {
    const bin = await peerTools('singer-tools', skip);
    const pair = newPair();
    // The checker reads stdin. If it started the tap itself, it could check the result too early.
    const check = async (...args: string[]): Promise<string> => {
      const tap = startProgram('tap-exactsales', [
        '--config',
        join(pair.folder, 'tap.json'),
        ...args,
      ]);
      const { code, stdout: messages, stderr } = await ended(tap);
      expect(code, stderr).toBe(0);
      const options = { cwd: pair.folder, input: messages };
      const verdict = await outputOf(join(bin, 'singer-check-tap'), [], options);
      expect(verdict).toContain('The output is valid');
      return messages;
    };
    const last = (await check()).trim().split('\n').at(-1) ?? '';
    const { value } = JSON.parse(last) as { value: object };
    await check('--state', pair.write('state.json', value));
  },
  5 * MINUTES,
);

it(
  'target-jsonl receives every row',
  async ({ skip }) => {
    const bin = await peerTools('target-jsonl', skip);
    const pair = newPair();
    const folder = mkdtempSync(join(tmpdir(), 'jsonl-'));
    const config = pair.write('jsonl.json', { destination_path: folder });
    const { tap } = await feed(pair, [join(bin, 'target-jsonl'), '--config', config]);
    expect(tap.code, tap.stderr).toBe(0);
    const rows = new Map<string, Record<string, unknown>[]>();
    for (const name of readdirSync(folder)) {
      const lines = readFileSync(join(folder, name), 'utf8').split('\n');
      const parsed = lines
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      rows.set(name.replace(/-\d+T\d+\.jsonl$/, ''), parsed);
    }
    expect(rows.size).toBe(23);
    for (const [stream, actual] of rows) {
      expect(actual.length, stream).toBe(expectedRows(stream, account).length);
    }
    const lead = rows.get('leads')?.[7] ?? {};
    const expected = expectedRows('leads', account).find(({ id }) => id === lead['id']);
    expect(lead).toEqual({ ...expected });
  },
  5 * MINUTES,
);

interface Message {
  readonly type: string;
  readonly stream: string;
  readonly key_properties?: readonly string[];
  readonly schema: { readonly properties?: object };
  readonly record: Readonly<Record<string, unknown>>;
  readonly value?: unknown;
}

type Rows = Map<string, Map<string, Readonly<Record<string, unknown>>>>;

/** Returns the last record for each key, or every record if the stream has no key. */

function finalRows(messages: readonly Message[]): Rows {
  const keys = new Map<string, readonly string[]>();
  const rows: Rows = new Map();
  for (const { type, stream, key_properties: key = [], record } of messages) {
    if (type === 'SCHEMA') keys.set(stream, key);
    if (type !== 'RECORD') continue;
    const own = rows.get(stream) ?? new Map<string, Message['record']>();
    const names = keys.get(stream) ?? [];
    const identity = names.length === 0 ? own.size : names.map((name) => record[name]);
    own.set(JSON.stringify(identity), record);
    rows.set(stream, own);
  }
  return rows;
}

/** Returns a value in its stored form. */
function cell(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

function expectRows(database: string, rows: Rows): void {
  const reader = new DatabaseSync(database, { readOnly: true });
  for (const [stream, expected] of rows) {
    const columns = [...new Set([...expected.values()].flatMap((record) => Object.keys(record)))];
    const names = columns.map((name) => `"${name.replaceAll('"', '""')}"`).join(', ');
    const actual = reader.prepare(`SELECT ${names} FROM "${stream}"`).all();
    const wanted = [...expected.values()].map((record) =>
      columns.map((name) => cell(record[name])),
    );
    const sorted = (list: readonly unknown[]): string[] =>
      list.map((row) => JSON.stringify(row)).sort();
    expect(sorted(actual.map((row) => columns.map((name) => row[name]))), stream).toEqual(
      sorted(wanted),
    );
  }
  reader.close();
}

async function load(pair: Pair, text: string): Promise<Ended> {
  const target = startProgram('target-sqlite', ['--config', join(pair.folder, 'target.json')]);
  target.stdin.end(text);
  return ended(target);
}

it(
  '--about marks secrets as the Singer SDK does',
  async ({ skip }) => {
    const bin = await peerTools('singer-sdk', skip);
    const source = `import json; from singer_sdk.typing import Property, StringType
print(json.dumps(Property("api_token", StringType, secret=True).to_dict()["api_token"]))`;
    const theirs = JSON.parse(await outputOf(join(bin, 'python'), ['-c', source])) as object;
    const marks = Object.entries(theirs).filter(([, value]) => value === true);
    expect(marks.length).toBeGreaterThan(0);
    const tap = startProgram('tap-exactsales', ['--about', '--format', 'json']);
    const { settings } = JSON.parse((await ended(tap, '')).stdout) as {
      readonly settings: { readonly properties: Readonly<Record<string, object>> };
    };
    expect(settings.properties['api_token']).toMatchObject(Object.fromEntries(marks));
    expect(settings.properties['stream_map_config']).toMatchObject(Object.fromEntries(marks));
  },
  5 * MINUTES,
);

describe('the Singer SDK test stream', () => {
  let folder = '';

  async function stream(name: string, skip: (reason: string) => never): Promise<string> {
    const bin = await peerTools('singer-sdk', skip);
    const find = 'import singer_sdk.testing as t; print(t.__file__)';
    folder ||= dirname((await outputOf(join(bin, 'python'), ['-c', find])).trim());
    return readFileSync(join(folder, 'target_test_streams', `${name}.singer`), 'utf8');
  }

  function parse(text: string): Message[] {
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Message);
  }

  it.for(
    [
      'array_data',
      'camelcase',
      'camelcase_complex_schema',
      'duplicate_records',
      'encoded_string_data',
      'multiple_state_messages',
      'no_primary_keys',
      'optional_attributes',
      'record_missing_fields',
      'schema_no_properties',
      'schema_updates',
      'special_chars_in_attributes',
    ].map((name) => ({ name })),
  )('$name is loaded completely', { timeout: 5 * MINUTES }, async ({ name }, { skip }) => {
    const text = await stream(name, skip);
    const pair = newPair();
    const { code, stdout, stderr } = await load(pair, text);
    expect(code, stderr).toBe(0);
    const messages = parse(text);
    expectRows(pair.database, finalRows(messages));
    // An empty state is not printed, because it would erase a stored state.
    const states = messages.filter(
      ({ type, value }) => type === 'STATE' && JSON.stringify(value) !== '{}',
    );
    const printed = stdout.split('\n').filter((line) => line !== '');
    const last = printed.map((line) => JSON.parse(line) as unknown).at(-1);
    expect(last).toEqual(states.at(-1)?.value);
  });

  it.for([
    ['no_primary_keys', 'no_primary_keys_append', [['test_no_pk', 8]]],
    [
      'user_location_data',
      'user_location_upsert_data',
      [
        ['test_users', 8],
        ['test_locations', 5],
        ['test_user_in_location', 5],
      ],
    ],
  ] as const)('%s is loaded completely, and then %s', async ([first, second, counts], { skip }) => {
    const pair = newPair();
    for (const name of [first, second]) {
      const { code, stderr } = await load(pair, await stream(name, skip));
      expect(code, stderr).toBe(0);
    }
    const reader = new DatabaseSync(pair.database, { readOnly: true });
    for (const [table, rows] of counts) {
      expect(reader.prepare(`SELECT count(*) AS rows FROM "${table}"`).get()).toEqual({ rows });
    }
    reader.close();
  });

  it('pk_updates has no key, because its SCHEMA has no key_properties', async ({ skip }) => {
    const pair = newPair();
    const { code, stderr } = await load(pair, await stream('pk_updates', skip));
    expect(code, stderr).toBe(0);
    const reader = new DatabaseSync(pair.database, { readOnly: true });
    expect(reader.prepare('SELECT id, email FROM example_stream ORDER BY id').all()).toEqual([
      { id: 1, email: 'alice@example.com' },
      { id: 2, email: 'bob@example.com' },
    ]);
    reader.close();
  });

  it.for([
    ['invalid_schema', 'test_invalid_schema'],
    ['record_before_schema', 'test_record_before_schema'],
    ['record_missing_key_property', 'id'],
    ['record_missing_required_property', 'id'],
  ] as const)('%s is refused with one error message', async ([name, mentions], { skip }) => {
    const { code, stdout, stderr } = await load(newPair(), await stream(name, skip));
    expect(code).toBe(1);
    expect(stdout).toBe('');
    const critical = stderr.split('\n').filter((line) => line.includes('CRITICAL'));
    expect(critical).toEqual([expect.stringContaining(mentions)]);
  });
});
