import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { millisecondsInDay } from 'date-fns/constants';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MeltanoProject } from './meltano-project.ts';
import { warehouseCell } from '../src/oracle/cells.ts';
import { expectations } from '../src/oracle/expected-tables.ts';
import { startPostgres, type Postgres } from './postgres.ts';
import { compareTables, feed, lastState, missing, peerTools } from './peer-tools.ts';
import { serveAccount, TOKEN } from './served-account.ts';

/**
 * Tests the tap with MeltanoLabs' target-postgres and a PostgreSQL server, over a pipe and in a Meltano
 * project. The columns for instants have no zone and must contain UTC, even though the server's time
 * zone is São Paulo.
 */
const root = join(import.meta.dirname, '..', '..');
const MINUTES = 60_000;
const served = serveAccount({ seed: 83, leads: 400 });
let postgres: Postgres | undefined;
let reason = '';

beforeAll(async () => {
  const started = await startPostgres('America/Sao_Paulo');
  if ('missing' in started) reason = started.missing;
  else postgres = started;
}, 5 * MINUTES);

afterAll(() => postgres?.stop());

beforeEach(({ skip }) => {
  if (!postgres) missing('PostgreSQL', reason, skip);
});

function server(): Postgres {
  if (!postgres) throw new Error('the server runs only while the tests run');
  return postgres;
}

/** Compares the tables of a schema with the account, ignoring rows marked as deleted. */
async function differences(schema: string): Promise<ReturnType<typeof compareTables>> {
  const tables = new Map<string, Awaited<ReturnType<Postgres['query']>>>();
  for (const table of Object.keys(expectations)) {
    const sql = `SELECT * FROM ${schema}."${table}" WHERE _sdc_deleted_at IS NULL`;
    tables.set(table, await server().query(sql));
  }
  return compareTables(served.account, (table) => tables.get(table) ?? [], warehouseCell);
}

/**
 * Edits the account by deleting a stage, a future meeting, a lead, and the contacts of a
 * second lead.
 */
function editAccount(seed: number): { readonly lead: number } {
  const { account } = served;
  account.live({ seed, edits: 60 });
  const withPersons = account
    .rows('LeadsAndPersons')
    .filter(({ persons }) => Array.isArray(persons) && persons.length > 0);
  const [deleted, withoutContacts] = withPersons.map(({ id }) => Number(id));
  const [stage] = account.rows('stages').map(({ id }) => Number(id));
  const [now, later] = [0, 300].map((days) =>
    new Date(Date.now() + days * millisecondsInDay).toISOString(),
  );
  const meeting = account.rows('Meetings').find(({ startTime }) => {
    const start = String(startTime);
    return start > String(now) && start < String(later);
  });
  account.remove('stages', stage ?? 0);
  account.remove('Meetings', Number(meeting?.['id']));
  account.change('Leads', withoutContacts ?? 0, { persons: [] });
  account.remove('Leads', deleted ?? 0);
  return { lead: deleted ?? 0 };
}

describe('target-postgres in a pipe', () => {
  it(
    'stores every cell and later changes, and marks or removes deleted rows after a full refresh',
    async ({ skip }) => {
      const bin = await peerTools('target-postgres', skip);
      const pair = served.newPair();
      const settings = { ...server().connection, default_target_schema: 'piped' };
      const config = pair.write('postgres.json', settings);
      const target = ['env', 'PGTZ=UTC', join(bin, 'target-postgres'), '--config', config];
      const first = await feed(pair, target);
      expect(first.tap.code, first.tap.stderr).toBe(0);
      expect(first.target.code, first.target.stderr).toBe(0);
      expect(await differences('piped')).toEqual({ lacks: [], has: [] });

      const { lead } = editAccount(5);
      const second = await feed(pair, target, lastState(first.target));
      expect(second.target.code, second.target.stderr).toBe(0);
      const { lacks, has } = await differences('piped');
      expect(lacks).toEqual([]);
      const stale = has.map((row) => row.split(' ')[0]);
      expect(stale).toEqual(expect.arrayContaining(['leads', 'leadspersons__persons', 'meetings']));
      // This stream is read completely in every run.
      expect(stale).not.toContain('stages');

      const whole = served.newPair({ full_refresh_days: 0.000_001 });
      const third = await feed(whole, target, lastState(second.target));
      expect(third.target.code, third.target.stderr).toBe(0);
      expect(await differences('piped')).toEqual({ lacks: [], has: [] });
      const marked = `SELECT _sdc_deleted_at IS NULL AS here FROM piped.leads WHERE id = ${lead}`;
      expect(await server().query(marked)).toEqual([{ here: false }]);

      pair.write('postgres.json', { ...settings, hard_delete: true });
      const fourth = await feed(whole, target, lastState(third.target));
      expect(fourth.target.code, fourth.target.stderr).toBe(0);
      const count = await server().query('SELECT count(*) AS rows FROM piped.leads');
      expect(count).toEqual([{ rows: served.account.count('Leads') }]);
    },
    5 * MINUTES,
  );
});

/** Returns settings as lines of Meltano's .env file. */
function variables(plugin: string, settings: object): string[] {
  return Object.entries(settings).map(
    ([name, value]) => `${`${plugin}_${name}`.toUpperCase()}=${value}\n`,
  );
}

describe('the Meltano project in docs/warehouse.md', () => {
  it(
    'has a schedule that reports failures, copies the account, and continues from its state',
    async ({ skip }) => {
      const bin = await peerTools('meltano', skip);
      const project = new MeltanoProject(bin, {
        PATH: [bin, join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
        UV_CONSTRAINT: join(root, 'tools', 'requirements', 'target-postgres.txt'),
      });
      project.copy(join(root, 'test-data', 'meltano-postgres'));
      const { connection } = server();
      const tap = { api_url: served.simulator.url, api_token: TOKEN, quota_requests: 10_000 };
      const environment = (loader: object): void => {
        const lines = [
          ...variables('tap_exactsales', tap),
          ...variables('target_postgres', loader),
        ];
        writeFileSync(join(project.folder, '.env'), lines.join(''));
      };
      const definition = join(root, 'packages', 'tap-exactsales', 'plugin.yml');
      await project.meltano('add', 'tap-exactsales', '--from-ref', definition);
      await project.meltano('install');
      const runs = (): Promise<string> => project.meltano('schedule', 'run', 'nightly');
      environment({ ...connection, database: 'nowhere' });
      await expect(runs()).rejects.toThrow('database "nowhere" does not exist');

      environment(connection);
      const first = await runs();
      expect(first).not.toContain(TOKEN);
      expect(first).not.toContain(connection.password);
      expect(await differences('exactsales')).toEqual({ lacks: [], has: [] });
      const id = 'prod:tap-exactsales-to-target-postgres';
      const state = join(project.folder, 'state', id, 'state.json');
      expect(existsSync(state) && readFileSync(state, 'utf8')).toContain('"leads"');

      editAccount(6);
      served.simulator.clearRequests();
      await runs();
      expect((await differences('exactsales')).lacks).toEqual([]);
      const filters = served.simulator.requests.map(({ query }) => query['$filter'] ?? '');
      expect(filters).toContainEqual(expect.stringMatching(/updateDate ge/i));
    },
    5 * MINUTES,
  );
});
