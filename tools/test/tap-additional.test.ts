import { DatabaseSync } from 'node:sqlite';
import { isSelectedByDefault, tableNames, tables } from '@exact-spotter/schema';
import { createAccount, startSimulator, type Simulator } from '@exact-spotter/simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { differences } from '../src/oracle/compare.ts';
import { Pair } from './pair.ts';
import { TOKEN } from './served-account.ts';

const optional = tableNames.filter((name) => !isSelectedByDefault(name));
/** The sets that an account may lack. */
const missing = [
  ...['Funnels', 'transferHistory', 'customFields', 'products', 'recommendedProducts'],
  ...['PendingFeedbacks', 'TasksType', 'discardReasons', 'Groups', 'Users'],
];

let simulator: Simulator;
beforeEach(async () => {
  const account = createAccount({ seed: 71, leads: 60, shapes: { unknownFields: true } });
  simulator = await startSimulator({ account, token: TOKEN });
});
afterEach(() => simulator.stop());

function pairOf(settings: object = {}): Pair {
  const quota = { quota_requests: 10_000, quota_seconds: 1 };
  return new Pair({ api_token: TOKEN, api_url: simulator.url, ...quota, ...settings });
}

/** Runs the pair with every stream selected. */
async function runAll(pair: Pair): Promise<{ code: number | null; stderr: string }> {
  const catalog = pair.write('catalog.json', { streams: tableNames.map((stream) => ({ stream })) });
  const state = pair.write('state.json', JSON.parse((await pair.target('state')).stdout));
  const tap = await pair.tap('--catalog', catalog, '--state', state);
  const target = await pair.load(tap.stdout);
  expect(target.code, target.stderr).toBe(0);
  return tap;
}

function query(database: string, sql: string): readonly Record<string, unknown>[] {
  const reader = new DatabaseSync(database, { readOnly: true });
  try {
    return reader.prepare(sql).all();
  } finally {
    reader.close();
  }
}

describe('the optional tables', () => {
  it('are copied if they are selected', async () => {
    const pair = pairOf();
    const { code, stderr } = await runAll(pair);
    expect(code, stderr).toBe(0);
    expect(differences(pair.database, simulator.account, optional)).toEqual([]);
    expect(differences(pair.database, simulator.account)).toEqual([]);
    for (const table of optional) {
      expect(query(pair.database, `SELECT * FROM "${table}" LIMIT 1`), table).toHaveLength(1);
    }
  });

  it('may be missing, unless they had rows before', async () => {
    simulator.behave({ missing });
    const lacking = pairOf();
    const lacks = await runAll(lacking);
    expect(lacks.code, lacks.stderr).toBe(0);
    expect(lacks.stderr.match(/WARNING GET \S+ answered 404/g)).toHaveLength(missing.length);
    simulator.behave({ missing: [] });
    const pair = pairOf();
    await runAll(pair);
    simulator.behave({ missing });
    const lost = await runAll(pair);
    expect(lost.code).toBe(1);
    expect(differences(pair.database, simulator.account, [...optional, 'funnels'])).toEqual([]);
  });

  it('are left out by default', async () => {
    const pair = pairOf();
    const { tap } = await pair.run();
    expect(tap.code, tap.stderr).toBe(0);
    const found = query(pair.database, `SELECT name FROM sqlite_master WHERE type = 'table'`);
    const names = found.map(({ name }) => name);
    expect(names).toContain('funnels');
    expect(names.filter((name) => optional.some((table) => table === name))).toEqual([]);
  });
});

it('the funnel of every stage has a row in funnels', async () => {
  const pair = pairOf();
  await pair.run();
  const sql = `SELECT count(*) AS stages, count(funnels.id) AS joined FROM stages
    LEFT JOIN funnels ON funnels.id = stages.funnel_id`;
  const [counts] = query(pair.database, sql);
  expect(counts?.['stages']).toBeGreaterThan(0);
  expect(counts?.['joined']).toBe(counts?.['stages']);
});

describe('unknown_fields: keep', () => {
  it('adds a column to every table, and an upgrade fills the column in existing rows', async () => {
    const pair = pairOf({ full_refresh_days: 0 });
    await runAll(pair);
    pair.write('tap.json', {
      ...{ api_token: TOKEN, api_url: simulator.url, quota_requests: 10_000, quota_seconds: 1 },
      ...{ full_refresh_days: 0, unknown_fields: 'keep' },
    });
    const { code, stderr } = await runAll(pair);
    expect(code, stderr).toBe(0);
    expect(differences(pair.database, simulator.account)).toEqual([]);
    for (const table of tableNames) {
      const columns = query(pair.database, `SELECT name FROM pragma_table_info('${table}')`);
      expect(columns.map(({ name }) => name)).toContain('extra');
    }
    const kept = query(pair.database, `SELECT id, extra FROM leads WHERE extra IS NOT NULL`);
    const sent = simulator.account.rows('Leads') as readonly Record<string, unknown>[];
    const known = new Set(Object.keys(tables.leads.properties));
    expect(kept).toHaveLength(sent.length);
    for (const { extra } of kept) {
      const fields = Object.keys(JSON.parse(String(extra)) as object);
      expect(fields.filter((field) => known.has(field.toLowerCase()))).toEqual([]);
    }
  });
});
