import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { tables, type TableName } from '@exact-spotter/schema';
import { readReplication } from '@exact-spotter/singer';
import { createAccount, startSimulator, type Simulator } from '@exact-spotter/simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { differences } from '../src/oracle/compare.ts';
import { columnsOf, expectations, expectedRows } from '../src/oracle/expected-tables.ts';
import { MeltanoProject } from './meltano-project.ts';
import { Pair } from './pair.ts';
import { peerTools } from './peer-tools.ts';
import { TOKEN } from './served-account.ts';

/**
 * Tests that the current programs continue from the output of earlier versions in
 * `test-data/upgrade`.
 */
const MINUTES = 60_000;
const root = join(import.meta.dirname, '..', '..');
const upgrades = join(root, 'test-data', 'upgrade');
const versions = readdirSync(upgrades, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** What the current version reads in addition to an earlier version, or reads differently. */
interface Growth {
  /** By set, the members that are new. In the recorded rows, they are missing or empty. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  /** By table, the columns that the earlier version filled differently. */
  readonly changedColumns: Readonly<Record<string, readonly string[]>>;
  readonly newTables: readonly string[];
  /** The sets that the current version reads completely once. */
  readonly sets: readonly string[];
}

/** The growth since each folder was written. */
const growthSince: Readonly<Record<string, Growth>> = {
  '0.1.0': {
    members: {
      LeadsSold: ['cycle', 'preSales'],
      Meetings: ['score', 'qualificationDate'],
      QualificationHistories: ['cycle', 'points', 'stageId', 'userAction'],
    },
    // That version preferred the value of a custom field to its options.
    changedColumns: { leadscustomfields: ['value'] },
    newTables: ['funnels'],
    sets: ['LeadsCustomFields', 'LeadsSold', 'Meetings', 'QualificationHistories'],
  },
  '0.1.0-read-in-sequence': { members: {}, changedColumns: {}, newTables: [], sets: [] },
};

/** The sets that are read by date. */
const datedSets = [
  ...['LeadsAndPersons', 'LeadsCustomFields', 'LeadsSold', 'Meetings', 'QualificationHistories'],
  ...['Tasks', 'Boxes', 'callsHistory'],
];

function growthOf(version: string): Growth {
  const growth = growthSince[version];
  if (!growth) throw new Error(`describe what has grown since ${version}`);
  return growth;
}

type Row = Readonly<Record<string, unknown>>;

/** Returns the account that the earlier version's last run read, plus the members added since. */
function earlierAccount(version: string): Simulator['account'] {
  const now = Date.parse('2026-11-25T06:00:00Z');
  const account = createAccount({ seed: 2026, leads: 60, now });
  account.clock = now + 3_600_000;
  const recorded = readJson(version, 'account.json') as Record<string, Record<string, Row>>;
  const { members } = growthOf(version);
  for (const [set, rows] of Object.entries(recorded)) {
    restore(account.set(set).store, rows, members[set] ?? []);
  }
  return account;
}

function readJson(version: string, name: string): unknown {
  return JSON.parse(readFileSync(join(upgrades, version, name), 'utf8'));
}

/** Writes one of the earlier version's databases to a path. Some are compressed. */
function copyDatabase(version: string, name: string, path: string): void {
  const source = join(upgrades, version, name);
  if (existsSync(source)) cpSync(source, path);
  else writeFileSync(path, gunzipSync(readFileSync(`${source}.gz`)));
}

type Store = ReturnType<Simulator['account']['set']>['store'];

/** Replaces the rows of a set, and removes the rows whose index is not recorded. */
function restore(store: Store, rows: Record<string, Row>, addedMembers: readonly string[]): void {
  const count = Math.max(store.definition.count, ...Object.keys(rows).map((at) => Number(at) + 1));
  for (let index = 0; index < count; index += 1) {
    const row = rows[index];
    const current = index < store.definition.count ? store.row(index) : store.add((added) => added);
    const added = addedMembers.map((name) => [name, current?.[name]] as const);
    if (row) store.put(index, { ...current, ...row, ...Object.fromEntries(added) });
    else store.remove(index);
  }
}

/** Returns a table's rows, without the columns that the current version fills differently. */
function earlierRows(
  database: string,
  table: string,
  changedColumns: readonly string[] = [],
): readonly Row[] {
  const reader = new DatabaseSync(database, { readOnly: true });
  try {
    const columns = reader
      .prepare('SELECT name FROM pragma_table_info(?)')
      .all(table)
      .map(({ name }) => String(name))
      .filter((name) => columnsOf(table).includes(name) && !changedColumns.includes(name));
    const names = columns.map((name) => `"${name}"`).join(', ');
    return reader.prepare(`SELECT ${names} FROM "${table}" WHERE _sdc_deleted_at IS NULL`).all();
  } finally {
    reader.close();
  }
}

/** Returns a row with only some of its columns, as a string. */
function printed(row: Row, columns: readonly string[]): string {
  return JSON.stringify(columns.map((name) => row[name] ?? null));
}

let simulator: Simulator;

/** Edits the account two hours after the earlier version's last run. */
function edit(): void {
  simulator.account.clock = Date.parse('2026-11-25T09:00:00Z');
  simulator.account.live({ seed: 2, edits: 60 });
}

function count(database: string, sql: string): unknown {
  const reader = new DatabaseSync(database, { readOnly: true });
  try {
    return Object.values(reader.prepare(sql).get() ?? {})[0];
  } finally {
    reader.close();
  }
}

/** Serves the earlier version's account in each test. */
function serveAccountOf(version: string): void {
  beforeEach(async () => {
    simulator = await startSimulator({ account: earlierAccount(version), token: TOKEN });
  });
  afterEach(() => simulator.stop());
}

/** Returns a pair with one of the earlier version's databases. */
function pairWith(version: string, database: string, settings: object): Pair {
  const quota = { quota_requests: 10_000, quota_seconds: 1 };
  const pair = new Pair({ api_token: TOKEN, api_url: simulator.url, ...quota, ...settings });
  copyDatabase(version, database, pair.database);
  return pair;
}

/** Returns the requests for pages of a set, without those that count its rows or find its last row. */
function pagesOf(wanted: string): Simulator['requests'] {
  return simulator.requests
    .filter(({ set, path }) => set === wanted && !path.endsWith('/$count'))
    .filter(({ query }) => query['$orderby']?.endsWith(' desc') !== true);
}

/** Returns the filter of each page that was requested from a set, or '' if it had none. */
function filtersOf(wanted: string): string[] {
  return pagesOf(wanted).map(({ query }) => query['$filter'] ?? '');
}

describe.each(versions)('a copy by version %s', (version) => {
  const folder = join(upgrades, version);
  const growth = growthOf(version);
  serveAccountOf(version);

  function upgradedPair(settings: object = {}): Pair {
    return pairWith(version, 'exact.db', settings);
  }

  it('equals the account before the upgrade', () => {
    const { database } = upgradedPair();
    const tables = Object.keys(expectations).filter((name) => !growth.newTables.includes(name));
    for (const table of tables) {
      const rows = earlierRows(database, table, growth.changedColumns[table]);
      const columns = Object.keys(rows[0] ?? {});
      const wanted = expectedRows(table, simulator.account).map((row) => printed(row, columns));
      expect(rows.map((row) => printed(row, columns)).sort(), table).toEqual(wanted.sort());
    }
  });

  it('has a state that the current target prints', async () => {
    const pair = upgradedPair();
    const { code, stdout, stderr } = await pair.target('state');
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual(readJson(version, 'state.json'));
  });

  it.each([
    ['from its bookmarks', { full_refresh_days: 0 }],
    ['with a full refresh', { full_refresh_days: 0.000_001 }],
    ['with the default settings', {}],
  ])('is continued %s and equals the edited account', async (_case, settings) => {
    const pair = upgradedPair(settings);
    const deleted = 'SELECT count(*) FROM meetings WHERE _sdc_deleted_at IS NOT NULL';
    const before = count(pair.database, deleted);
    edit();
    const { tap, target } = await pair.run();
    expect(tap.code, tap.stderr).toBe(0);
    expect(target.code, target.stderr).toBe(0);
    expect(`${tap.stderr}${target.stderr}`).not.toMatch(/WARNING|ERROR|CRITICAL/);
    expect(differences(pair.database, simulator.account)).toEqual([]);
    // Rows that the earlier version marked as deleted are still in the database.
    expect(before).toBeGreaterThan(0);
    expect(count(pair.database, deleted)).toBeGreaterThanOrEqual(Number(before));
    expect(count(pair.database, 'SELECT count(*) FROM _singer_runs')).toBe(3);
    const { code, stderr } = await pair.target('verify');
    expect(code, stderr).toBe(0);
  });

  it('continues an incremental stream from its bookmark', async () => {
    const pair = upgradedPair({ full_refresh_days: 0 });
    edit();
    await pair.run();
    const filters = filtersOf('LeadsAndPersons');
    expect(filters.length).toBeGreaterThan(0);
    for (const filter of filters) expect(filter).toMatch(/updateDate ge 2026-11-2/);
  });

  it('rereads a stream completely only if it has new columns, and only once', async () => {
    const pair = upgradedPair({ full_refresh_days: 0 });
    edit();
    await pair.run();
    for (const set of datedSets) {
      const isOld = new Set(datesOf(set).map((from) => from < '2026'));
      expect([...isOld], set).toEqual([growth.sets.includes(set)]);
    }
    const { stdout } = await pair.target('state');
    const { bookmarks } = JSON.parse(stdout) as { bookmarks: Record<string, Row> };
    for (const bookmark of Object.values(bookmarks)) {
      expect(bookmark).toMatchObject({ read_with: { unknown_fields: 'report' } });
      expect(bookmark['longest_page']).toEqual(expect.any(Number));
    }
    simulator.clearRequests();
    await pair.run();
    expect(datedSets.flatMap(datesOf).filter((from) => from < '2026')).toEqual([]);
    expect(differences(pair.database, simulator.account)).toEqual([]);
  });

  it('rereads completely exactly the tables that the upgrade page names', async () => {
    const page = readFileSync(join(root, 'docs', 'upgrading.md'), 'utf8');
    const [, section = ''] =
      /### What a new version reads once more\n(.*?)\n### /s.exec(page) ?? [];
    const cells = Array.from(section.matchAll(/^\| (`.*?`) +\|/gm), ([, cell = '']) => cell);
    const named = cells.flatMap((cell) =>
      Array.from(cell.matchAll(/`(\w+)`/g), ([, name]) => name),
    );
    const pair = upgradedPair({ full_refresh_days: 0 });
    const before = await fullReads(pair);
    await pair.run();
    const after = await fullReads(pair);
    const reread = Object.keys(before)
      .filter((stream) => after[stream] !== before[stream])
      // Other tables are read completely in every run.
      .filter((stream) => readReplication(tables[stream as TableName])?.method !== 'full');
    expect(reread.sort()).toEqual(growthOf(version).sets.length > 0 ? named.sort() : []);
  });

  /** Returns when the last complete read of each stream began. */
  async function fullReads(pair: Pair): Promise<Record<string, unknown>> {
    const { stdout } = await pair.target('state');
    const { bookmarks } = JSON.parse(stdout) as { bookmarks: Record<string, Row> };
    const dates = Object.entries(bookmarks).map(([stream, { full_read_at: at }]) => [stream, at]);
    return Object.fromEntries(dates) as Record<string, unknown>;
  }

  /** Returns the date filter of each page that was requested from a set, or '' if it had none. */
  function datesOf(wanted: string): string[] {
    return pagesOf(wanted)
      .filter(({ query }) => query['$count'] === 'true')
      .map(({ query }) => query['$filter'] ?? '')
      .filter((filter) => !/ eq null| lt '?0002|leadId ge/.test(filter))
      .map((filter) => / ge '?(\d{4}-\d\d-\d\d)/.exec(filter)?.[1] ?? '');
  }

  it('loses no row if hard_delete is on', async () => {
    const pair = upgradedPair();
    pair.write('target.json', { database: pair.database, hard_delete: true });
    edit();
    const { tap, target } = await pair.run();
    expect([tap.code, target.code], tap.stderr).toEqual([0, 0]);
    expect(differences(pair.database, simulator.account)).toEqual([]);
  });

  it(
    'is continued by its unchanged Meltano project',
    async ({ skip }) => {
      const bin = await peerTools('meltano', skip);
      const project = new MeltanoProject(bin, {
        PATH: [bin, join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
        TAP_EXACTSALES_API_URL: simulator.url,
        TAP_EXACTSALES_API_TOKEN: TOKEN,
        TAP_EXACTSALES_QUOTA_REQUESTS: '10000',
        TAP_EXACTSALES_FULL_REFRESH_DAYS: '0',
        TARGET_SQLITE_DATABASE: 'exact.sqlite',
      });
      mkdirSync(project.folder);
      cpSync(join(folder, 'meltano.yml'), join(project.folder, 'meltano.yml'));
      copyDatabase(version, 'exact.db', project.database);
      const id = 'dev:tap-exactsales-to-target-sqlite';
      const state = readJson(version, 'state.json');
      await project.meltano(
        ...['state', 'set', '--force', id, JSON.stringify({ singer_state: state })],
      );
      edit();
      const log = await project.meltano('run', 'tap-exactsales', 'target-sqlite');
      expect(log).not.toContain(TOKEN);
      expect(differences(project.database, simulator.account)).toEqual([]);
      const filters = simulator.requests.map(({ query }) => query['$filter'] ?? '');
      expect(filters).toContainEqual(expect.stringMatching(/updateDate ge 2026-11-2/));
    },
    5 * MINUTES,
  );
});

const interrupted = versions.filter((name) => existsSync(join(upgrades, name, 'interrupted.json')));

describe.each(interrupted)('a read that version %s did not finish', (version) => {
  serveAccountOf(version);

  it.each([
    ['in one page', { page_size: 500, latencyMs: 0 }],
    ['in several key ranges at once', { page_size: 2, latencyMs: 300 }],
  ])('is continued %s', async (_case, { page_size, latencyMs }) => {
    const settings = { full_refresh_days: 0, page_size };
    const pair = pairWith(version, 'interrupted.db', settings);
    const { stdout } = await pair.target('state');
    expect(JSON.parse(stdout)).toEqual(readJson(version, 'interrupted.json'));
    const unfinished = markersIn(stdout);
    expect(unfinished.size).toBeGreaterThan(0);
    const sets = [...unfinished.keys()].map((path) => path.slice(1));
    simulator.behave({ latencyMs: (set) => (sets.includes(set) ? latencyMs : 0) });
    edit();
    const { tap, target } = await pair.run();
    expect(tap.code, tap.stderr).toBe(0);
    expect(target.code, target.stderr).toBe(0);
    expect(`${tap.stderr}${target.stderr}`).not.toMatch(/WARNING|ERROR|CRITICAL/);
    for (const [path, after] of unfinished) {
      const filters = filtersOf(path.slice(1));
      expect(filters[0]).toMatch(new RegExp(`^\\w+ g[te] ${after}( |$)`));
      // Then the tap reads what changed. It reads no other row before the marker again.
      const changes = filters.findIndex((filter) => filter.includes(' ge 2026-11-2'));
      expect(changes).toBeGreaterThan(0);
      const keys = filters.slice(0, changes).map((filter) => Number(/\d+/.exec(filter)?.[0]));
      expect(Math.min(...keys)).toBe(after);
      // Pages that are read one after the other have ascending keys.
      const isAscending = keys.every((key, at) => key >= (keys[at - 1] ?? 0));
      expect(isAscending).toBe(latencyMs === 0);
      for (const filter of filters.slice(changes)) expect(filter).toContain(' ge 2026-11-2');
    }
    expect(differences(pair.database, simulator.account)).toEqual([]);
    expect(markersIn((await pair.target('state')).stdout).size).toBe(0);
    const { code, stderr } = await pair.target('verify');
    expect(code, stderr).toBe(0);
  });

  /** Returns the last key that was read, by the path of each unfinished read in a state. */
  function markersIn(state: string): ReadonlyMap<string, number> {
    const { bookmarks } = JSON.parse(state) as {
      bookmarks: Record<string, Readonly<Record<'progress_markers' | 'progress', unknown>>>;
    };
    // Earlier versions have the markers of one read in `progress_markers`.
    const markers = Object.values(bookmarks).flatMap(
      ({ progress_markers: one, progress: byVersion }) =>
        [one ?? [], Object.values(byVersion ?? {})].flat() as { path: string; after: number }[],
    );
    return new Map(markers.map(({ path, after }) => [path, after]));
  }
});
