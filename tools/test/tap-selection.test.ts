import { join } from 'node:path';
import type { Catalog, CatalogEntry } from '@exact-spotter/singer';
import { millisecondsInDay } from 'date-fns/constants';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { differences } from '../src/oracle/compare.ts';
import { expectedRows } from '../src/oracle/expected-tables.ts';
import { ended, type Ended, startProgram } from '@exact-spotter/testing';
import { Pair } from './pair.ts';
import { createAccount, startSimulator, type Simulator } from '@exact-spotter/simulator';
import { TOKEN } from './served-account.ts';

const account = createAccount({ seed: 61, leads: 120 });
let simulator: Simulator;
let known: Catalog;

beforeAll(async () => {
  simulator = await startSimulator({ account, token: TOKEN });
  known = JSON.parse(
    (await ended(startProgram('tap-exactsales', ['--discover']))).stdout,
  ) as Catalog;
});

afterAll(() => simulator.stop());

beforeEach(() => simulator.reset());

interface Message {
  readonly type: string;
  readonly stream: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly record: Readonly<Record<string, unknown>>;
  readonly version?: number;
  readonly value: { readonly bookmarks: Readonly<Record<string, Bookmark>> };
}

interface Bookmark {
  readonly replication_key_value?: string;
  readonly full_read_at?: string;
}

interface Run {
  readonly catalog?: Catalog;
  readonly state?: object;
  readonly settings?: object;
  readonly url?: string;
}

async function run({
  catalog,
  state,
  settings = {},
  url = simulator.url,
}: Run): Promise<Ended & { readonly messages: readonly Message[] }> {
  const quota = { quota_requests: 10_000, quota_seconds: 1 };
  const pair = new Pair({ api_token: TOKEN, api_url: url, ...quota, ...settings });
  const args = ['--config', join(pair.folder, 'tap.json')];
  if (catalog) args.push('--catalog', pair.write('catalog.json', catalog));
  if (state) args.push('--state', pair.write('state.json', state));
  const result = await ended(startProgram('tap-exactsales', args));
  expect(result.code, result.stderr).toBe(0);
  const lines = result.stdout.split('\n').filter((line) => line !== '');
  return { ...result, messages: lines.map((line) => JSON.parse(line) as Message) };
}

/** Selects only these streams in the catalog and, if columns are named, only those columns. */
function only(streams: Readonly<Record<string, readonly string[] | undefined>>): Catalog {
  return { streams: known.streams.map((entry) => selected(entry, streams)) };
}

function selected(
  entry: CatalogEntry,
  streams: Readonly<Record<string, readonly string[] | undefined>>,
): CatalogEntry {
  const columns = streams[entry.stream];
  return {
    ...entry,
    metadata: entry.metadata.map(({ breadcrumb, metadata }) => {
      const [, column] = breadcrumb;
      const isIn = column === undefined ? entry.stream in streams : columns?.includes(column);
      return { breadcrumb, metadata: { ...metadata, selected: isIn ?? true } };
    }),
  };
}

function paths(): string[] {
  return [...new Set(simulator.requests.map(({ set }) => set))].sort();
}

function streamsOf(messages: readonly Message[]): string[] {
  const records = messages.filter(({ type }) => type === 'RECORD');
  return [...new Set(records.map(({ stream }) => stream))].sort();
}

describe('selecting', () => {
  it('only leads reads only /Leads', async () => {
    const { messages } = await run({ catalog: only({ leads: undefined }) });
    expect(streamsOf(messages)).toEqual(['leads']);
    expect(paths()).toEqual(['Leads']);
  });

  it('leads and contacts reads both from /LeadsAndPersons', async () => {
    const { messages } = await run({
      catalog: only({ leads: undefined, leadspersons__persons: undefined }),
    });
    expect(streamsOf(messages)).toEqual(['leads', 'leadspersons__persons']);
    const pages = simulator.requests.filter(({ path }) => !path.endsWith('/$count'));
    expect(new Set(pages.map(({ set }) => set))).toEqual(new Set(['LeadsAndPersons']));
  });

  it('leads and contacts reads two sets if they do not share all fields', async () => {
    const lacking = createAccount({
      seed: 62,
      leads: 120,
      shapes: { leadsAndPersonsLack: ['publicLink'] },
    });
    const other = await startSimulator({ account: lacking, token: TOKEN });
    const quota = { quota_requests: 10_000, quota_seconds: 1, page_size: 50 };
    const pair = new Pair({ api_token: TOKEN, api_url: other.url, ...quota });
    const { tap } = await pair.run();
    await other.stop();
    expect(tap.code, tap.stderr).toBe(0);
    expect(differences(pair.database, lacking)).toEqual([]);
    const pages = (path: string): number =>
      other.requests.filter((one) => one.path === `/${path}`).length;
    expect([pages('LeadsAndPersons'), pages('Leads')]).toEqual([3, 4]);
  });

  it('a child without its parent sends only the child’s records', async () => {
    const { messages } = await run({ catalog: only({ tasks__contacts: undefined }) });
    expect(streamsOf(messages)).toEqual(['tasks__contacts']);
    expect(messages.filter(({ type }) => type === 'RECORD')).toHaveLength(
      expectedRows('tasks__contacts', account).length,
    );
  });

  it('columns requests only the selected columns and the keys', async () => {
    const { messages } = await run({ catalog: only({ leads: ['lead', 'salesrep_email'] }) });
    const wanted = ['id', 'lead', 'salesrep_email', 'updatedate'];
    const [schema] = messages.filter(({ type }) => type === 'SCHEMA');
    expect(Object.keys(schema?.schema['properties'] ?? {}).sort()).toEqual(wanted);
    expect(Object.keys(schema?.schema['x-references'] ?? {})).not.toContain('salesrep_id');
    for (const { record } of messages.filter(({ type }) => type === 'RECORD')) {
      expect(Object.keys(record).sort()).toEqual(wanted);
    }
    const selects = simulator.requests.map(({ query }) => query['$select']?.split(',').sort());
    expect(selects[0]).toEqual(['id', 'lead', 'salesRep', 'updateDate']);
  });

  it('columns works even when the server rejects $select', async () => {
    simulator.behave({ rejects: { select: ['Leads'] } });
    const { messages, stderr } = await run({ catalog: only({ leads: ['lead'] }) });
    expect(stderr).toContain('/Leads: the API rejects the select');
    expect(messages.filter(({ type }) => type === 'RECORD')).toHaveLength(account.count('Leads'));
  });

  it('an unknown stream logs its name and ignores the stream', async () => {
    const [first] = known.streams;
    if (!first) throw new Error('the catalog contains no stream');
    const stranger = { ...first, tap_stream_id: 'orders', stream: 'orders' };
    const { stderr } = await run({
      catalog: { streams: [stranger, ...only({ sdrs: undefined }).streams] },
    });
    expect(stderr).toContain('Ignoring the stream "orders" in the catalog');
    expect(paths()).toEqual(['sdrs']);
  });
});

describe('a run', () => {
  const leads = (): Catalog => only({ leads: undefined });
  const meetings = (): Catalog => only({ meetings: undefined });

  it('reads an incremental stream from the exact bookmark minus the lookback', async () => {
    const at = new Date(account.clock - 3 * millisecondsInDay).toISOString().replace('Z', '4567Z');
    const { messages } = await run({
      catalog: leads(),
      state: { bookmarks: { leads: { replication_key: 'updatedate', replication_key_value: at } } },
      settings: { lookback_days: 1.5 },
    });
    const from = new Date(Date.parse(at) - 1.5 * millisecondsInDay)
      .toISOString()
      .replace('Z', '4567Z');
    const filters = new Set(simulator.requests.map(({ query }) => query['$filter']));
    expect(filters).toEqual(new Set([`updateDate ge ${from}`]));
    expect(messages.filter(({ type }) => type === 'ACTIVATE_VERSION')).toEqual([]);
  });

  it('reads an incremental stream completely, with a new version, when its last complete read is old', async () => {
    const old = new Date(Date.now() - 8 * millisecondsInDay).toISOString();
    const bookmark = {
      replication_key: 'updatedate',
      replication_key_value: new Date(Date.now() - millisecondsInDay).toISOString(),
      full_read_at: old,
      read_at: old,
      version: 17,
    };
    const { messages } = await run({ catalog: leads(), state: { bookmarks: { leads: bookmark } } });
    expect(simulator.requests[0]?.query['$filter']).toBeUndefined();
    const versions = new Set(
      messages.filter(({ type }) => type === 'RECORD').map(({ version }) => version),
    );
    const [activated] = messages.filter(({ type }) => type === 'ACTIVATE_VERSION');
    expect([...versions]).toEqual([activated?.version]);
    expect(activated?.version).toBeGreaterThan(Date.now() - millisecondsInDay);
    const last = messages.at(-1)?.value.bookmarks['leads'];
    expect(Date.parse(last?.full_read_at ?? '')).toBeGreaterThan(Date.now() - millisecondsInDay);
  });

  it('does not read an incremental stream completely again if full_refresh_days is 0', async () => {
    const old = new Date(Date.now() - 800 * millisecondsInDay).toISOString();
    await run({
      catalog: leads(),
      settings: { full_refresh_days: 0 },
      state: {
        bookmarks: { leads: { replication_key_value: old, full_read_at: old, read_at: old } },
      },
    });
    expect(simulator.requests[0]?.query['$filter']).toMatch(/^updateDate ge /);
  });

  it('reads a window that begins past_days before its last read, and reports the covered span', async () => {
    const savepoint = Date.now() - 2 * millisecondsInDay;
    const bookmark = {
      replication_key: 'starttime',
      replication_key_value: new Date(savepoint).toISOString(),
      read_at: new Date(savepoint).toISOString(),
      full_read_at: new Date(savepoint).toISOString(),
      version: 5,
      // With the bookmark of an older mapping, the tap would read the stream completely once.
      read_with: { mapping: 2 },
    };
    const start = Date.now();
    const { messages } = await run({
      catalog: meetings(),
      state: { bookmarks: { meetings: bookmark } },
      settings: { past_days: 10, future_days: 20 },
    });
    const schemas = messages.filter(({ type }) => type === 'SCHEMA');
    const covered = schemas.at(-1)?.schema['x-covered'] as {
      from: string;
      to: string;
      version: number;
    };
    expect(schemas).toHaveLength(2);
    expect(Date.parse(covered.from)).toBe(savepoint - 10 * millisecondsInDay);
    expect(Date.parse(covered.to)).toBeGreaterThanOrEqual(start + 20 * millisecondsInDay);
    expect(Date.parse(covered.to)).toBeLessThanOrEqual(Date.now() + 20 * millisecondsInDay);
    const records = messages.filter(({ type }) => type === 'RECORD');
    const expected = expectedRows('meetings', account).filter(({ starttime }) => {
      const at = Date.parse(String(starttime));
      return at >= Date.parse(covered.from) && at < Date.parse(covered.to);
    });
    expect(expected.length).toBeGreaterThan(0);
    expect(records.map(({ record }) => record['id']).sort()).toEqual(
      expected.map(({ id }) => id).sort(),
    );
    for (const { version } of records) expect(version).toBe(covered.version);
    expect(messages.filter(({ type }) => type === 'ACTIVATE_VERSION')).toEqual([]);
  });

  it('reads rows from start_date on', async () => {
    const settings = { start_date: new Date(account.clock - 20 * millisecondsInDay).toISOString() };
    const { messages } = await run({ catalog: leads(), settings });
    const expected = expectedRows('leads', account).filter(
      ({ updatedate }) => String(updatedate) >= settings.start_date.slice(0, 19),
    );
    expect(messages.filter(({ type }) => type === 'RECORD')).toHaveLength(expected.length);
    expect(expected.length).toBeLessThan(account.count('Leads'));
  });

  it('never moves a bookmark past the time when it started', async () => {
    const future = createAccount({ seed: 63, leads: 30 });
    future.add('LeadsSold', { saleDate: '2999-01-01T00:00:00Z' });
    const other = await startSimulator({ account: future, token: TOKEN });
    const { messages } = await run({ catalog: only({ leadssold: undefined }), url: other.url });
    await other.stop();
    const value = messages.at(-1)?.value.bookmarks['leadssold']?.replication_key_value ?? '';
    expect(Date.parse(value)).toBeLessThanOrEqual(Date.now());
    expect(
      messages.some(({ record }) =>
        String((record as Message['record'] | undefined)?.['saledate']).startsWith('2999'),
      ),
    ).toBe(true);
  });

  it('uses the server’s clock if it is slow', async () => {
    simulator.behave({ quota: { requests: 1000, seconds: 1, clockOffsetSeconds: -3600 } });
    const start = Date.now();
    const { messages } = await run({ catalog: meetings() });
    const savepoint = messages.at(-1)?.value.bookmarks['meetings']?.replication_key_value ?? '';
    // The server's clock has a resolution of one second.
    expect(Date.parse(savepoint)).toBeGreaterThanOrEqual(start - 3_600_000 - 1000);
    expect(Date.parse(savepoint)).toBeLessThanOrEqual(Date.now() - 3_600_000);
  });
});
