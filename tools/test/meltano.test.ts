import { existsSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isCi } from '../src/ci.ts';
import { MeltanoProject } from './meltano-project.ts';
import { differences } from '../src/oracle/compare.ts';
import { expectedRows } from '../src/oracle/expected-tables.ts';
import { ended, outputOf, start, until } from '@exact-spotter/testing';
import { pythonTools } from '../src/python.ts';
import { shellBlocks, shellCommands } from './shell-commands.ts';
import { createAccount, startSimulator, type Simulator } from '@exact-spotter/simulator';

/** Tests commonly used commands with the current Meltano release. */
const root = join(import.meta.dirname, '..', '..');
const TOKEN = 'canary-token';
const MINUTES = 60_000;
const PAIR = ['tap-exactsales', 'target-sqlite'];
const ID = 'dev:tap-exactsales-to-target-sqlite';

const account = createAccount({ seed: 7, leads: 60 });
let project: MeltanoProject | undefined;
let environment: NodeJS.ProcessEnv = {};
let missing = '';
let simulator: Simulator;

beforeAll(async () => {
  const tools = await pythonTools('meltano');
  if ('missing' in tools) {
    if (isCi) throw new Error(`Meltano must run here: ${tools.missing}`);
    missing = tools.missing;
    return;
  }
  simulator = await startSimulator({ account, token: TOKEN });
  environment = {
    PATH: [tools.bin, join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
    TAP_EXACTSALES_QUOTA_REQUESTS: '10000',
    // Because this value is a fraction, Meltano cannot pass it on as an integer.
    TAP_EXACTSALES_QUOTA_SECONDS: '0.5',
  };
  project = new MeltanoProject(tools.bin, { ...environment, TAP_EXACTSALES_API_TOKEN: TOKEN });
  await project.init();
  await addPlugins(project);
}, 10 * MINUTES);

afterAll(async () => {
  if (project) await simulator.stop();
});

beforeEach(({ skip }) => {
  if (!project) skip(missing);
  else simulator.clearRequests();
});

async function addPlugins(meltano: MeltanoProject): Promise<void> {
  for (const name of PAIR) {
    await meltano.meltano('add', name, '--from-ref', join(root, 'packages', name, 'plugin.yml'));
  }
  const set = (plugin: string, name: string, value: string): Promise<string> =>
    meltano.meltano('config', 'set', plugin, name, value);
  await set('tap-exactsales', 'api_url', simulator.url);
  await set('target-sqlite', 'database', meltano.database);
}

function here(): MeltanoProject {
  if (!project) throw new Error('the Meltano project was not created');
  return project;
}

/** Returns the same project with a different database. */
function apart(name: string, environment: NodeJS.ProcessEnv = {}): MeltanoProject {
  const database = join(here().folder, `${name}.sqlite`);
  return here().with({ TARGET_SQLITE_DATABASE: database, ...environment });
}

function query(database: string, sql: string): Record<string, SQLOutputValue>[] {
  const reader = new DatabaseSync(database, { readOnly: true });
  try {
    return reader.prepare(sql).all();
  } finally {
    reader.close();
  }
}

/** Returns the filters of all requests for a set. */
function filters(set: string): string[] {
  const asked = simulator.requests.filter(({ path }) => path.endsWith(`/${set}`));
  return asked.map(({ query: { $filter = '' } }) => $filter);
}

interface State {
  readonly singer_state: {
    readonly bookmarks: Record<
      string,
      { readonly replication_key_value?: string; readonly progress?: object }
    >;
  };
}

async function state(): Promise<State> {
  const { stdout } = await here().tried('state', 'get', ID);
  return JSON.parse(stdout) as State;
}

describe('in Meltano', { timeout: 5 * MINUTES }, () => {
  it('config test accepts valid settings of the tap with few requests, and rejects a wrong token', async () => {
    const { code, stdout } = await here().tried('config', 'test', 'tap-exactsales');
    expect(stdout).toContain('Plugin configuration is valid');
    expect(code).toBe(0);
    // Each of the requests in flight reads another set.
    expect(simulator.requests.length).toBeLessThanOrEqual(16);

    const wrong = here().with({ TAP_EXACTSALES_API_TOKEN: 'no such token' });
    const failed = await wrong.tried('config', 'test', 'tap-exactsales');
    expect(failed.code).toBe(1);
    expect(failed.stdout + failed.stderr).toContain('Plugin configuration is invalid');
  });

  it('config test loads rows with the target', async () => {
    const { code, stdout, stderr } = await apart('loader').tried('config', 'test', 'target-sqlite');
    expect(stderr).toContain('Test data was written to your target system');
    const database = join(here().folder, 'loader.sqlite');
    expect(query(database, 'SELECT * FROM meltano_test_stream')).toEqual([
      expect.objectContaining({ id: 1, name: 'Meltano Test Record', _sdc_deleted_at: null }),
    ]);
    // After the test, Meltano 4.4 ends the loader, and fails if the loader has already ended.
    if (code === 0) expect(stdout).toContain('Plugin configuration is valid');
    else expect(stderr).toContain('ProcessLookupError');
  });

  it('invoke passes options on to the tap', async () => {
    const { stdout } = await here().tried('invoke', 'tap-exactsales', '--discover');
    const { streams } = JSON.parse(stdout) as { streams: { tap_stream_id: string }[] };
    expect(streams.map(({ tap_stream_id: id }) => id)).toContain('leadspersons__persons');
    expect(streams).toHaveLength(33);
    expect(simulator.requests).toEqual([]);
  });

  it('a second run continues from the state that Meltano stored', async () => {
    const first = await here().meltano('--log-format', 'json', 'run', ...PAIR);
    expect(differences(here().database, account)).toEqual([]);
    expect(first).not.toContain(TOKEN);
    expectParsed(first);
    const { bookmarks } = (await state()).singer_state;
    const [kept] = query(here().database, 'SELECT value FROM _singer_state');
    expect(JSON.parse(String(kept?.['value']))).toMatchObject({ bookmarks });

    account.live({ seed: 3, edits: 20 });
    simulator.clearRequests();
    await here().meltano('run', ...PAIR);
    expect(differences(here().database, account)).toEqual([]);
    const bookmark = bookmarks['leads']?.replication_key_value ?? '';
    // The filter starts one day before the bookmark.
    const [year] = bookmark.split('-');
    expect(filters('LeadsAndPersons').join()).toContain(`updateDate ge ${year}-`);
  });

  it('a run continues from the state that `meltano state set` wrote', async () => {
    expect((await here().tried('state', 'list')).stdout.trim()).toBe(ID);
    const before = await state();
    const { leads } = before.singer_state.bookmarks;
    const earlier = { ...leads, replication_key_value: '2001-02-03T00:00:00Z' };
    const set = {
      singer_state: { bookmarks: { ...before.singer_state.bookmarks, leads: earlier } },
    };
    await here().meltano('state', 'set', '--force', ID, JSON.stringify(set));
    simulator.clearRequests();
    await here()
      .with({ TAP_EXACTSALES__SELECT_FILTER: '["leads"]' })
      .meltano('run', ...PAIR);
    expect(filters('Leads')[0]).toContain('updateDate ge 2001-02-02');
    expect(new Set(simulator.requests.map(({ path }) => path)).size).toBe(1);
    const after = (await state()).singer_state.bookmarks;
    expect(after['leads']?.replication_key_value).toBe(leads?.replication_key_value);
    const calls = before.singer_state.bookmarks['callshistory']?.replication_key_value;
    expect(after['callshistory']?.replication_key_value).toBe(calls);
  });

  it('run --full-refresh reads everything and marks deleted rows', async () => {
    account.live({ seed: 5, edits: 60, scope: 'whole' });
    await here().meltano('run', '--full-refresh', ...PAIR);
    expect(differences(here().database, account)).toEqual([]);
    expect(filters('LeadsAndPersons').join()).not.toMatch(/updateDate ge 20[12]/);
    const deleted = 'SELECT count(*) AS rows FROM leads WHERE _sdc_deleted_at IS NOT NULL';
    expect(query(here().database, deleted)).not.toEqual([{ rows: 0 }]);
  });

  it('the commands in the README and on the upgrade page set up, run and update a project', async () => {
    const served = await startSimulator({ account, token: 'THE_TOKEN' });
    const folder = mkdtempSync(join(tmpdir(), 'meltano-page-'));
    for (const name of ['packages', 'node_modules'])
      symlinkSync(join(root, name), join(folder, name));
    const blocks = ['README.md', 'docs/upgrading.md'].flatMap((page) =>
      shellBlocks(page).filter((block) => block.includes('meltano ')),
    );
    expect(blocks).toHaveLength(3);
    const script = blocks.join('\n').replaceAll('STATE_ID', ID);
    const child = start('bash', ['-ec', script], {
      cwd: folder,
      env: { ...process.env, ...environment, TAP_EXACTSALES_API_URL: served.url },
    });
    const { code, stdout, stderr } = await ended(child, '');
    await served.stop();
    expect(code, stdout + stderr).toBe(0);
    expect(differences(join(folder, 'my-project', 'exact.sqlite'), account)).toEqual([]);
  });

  it('select excludes a stream and a column with the commands of the README', async () => {
    const commands = shellCommands('packages/tap-exactsales/README.md').filter(
      ([, command]) => command === 'select',
    );
    expect(commands.map((words) => words.slice(-2).join('.'))).toEqual([
      '*.*',
      'leads.cpf',
      'products.*',
    ]);
    for (const [, ...args] of commands) await here().meltano(...args);
    simulator.clearRequests();
    const selected = apart('selected');
    await selected.meltano('run', '--state-id-suffix=selected', ...PAIR);
    await resetSelection(commands);

    const database = join(here().folder, 'selected.sqlite');
    expect(filters('Products')).toEqual([]);
    const tables = query(database, 'SELECT "table" FROM _singer_streams').map(({ table }) => table);
    expect(tables).toHaveLength(32);
    expect(tables).not.toContain('products');
    const rows = query(database, 'SELECT * FROM leads WHERE _sdc_deleted_at IS NULL');
    expect(rows).toHaveLength(expectedRows('leads', account).length);
    expect(Object.keys(rows[0] ?? {})).toContain('cnpj');
    expect(Object.keys(rows[0] ?? {})).not.toContain('cpf');
  });

  it('a selection that consists only of exclusions fails instead of copying nothing', async () => {
    const everything = ['tap-exactsales', '*', '*'];
    const exclusion = ['tap-exactsales', '--exclude', 'leads', 'cpf'];
    await here().meltano('select', '--rm', ...everything);
    await here().meltano('select', ...exclusion);
    simulator.clearRequests();
    const run = await apart('empty').tried('run', '--state-id-suffix=empty', ...PAIR);
    await resetSelection([['meltano', 'select', ...exclusion]]);
    expect(run.code).toBe(1);
    expect(run.stdout + run.stderr).toContain('selects no stream, so there is nothing to read');
    expect(simulator.requests).toEqual([]);
  });

  it('the target loads BATCH files, and removes them if clean_up_batch_files is set', async () => {
    const root = join(here().folder, '.meltano', 'run', 'target-sqlite');
    const files = (): string[] =>
      (existsSync(root) ? readdirSync(root) : []).filter((name) => name.endsWith('.jsonl.gz'));
    const encoding = { format: 'jsonl', compression: 'gzip' };
    const TAP_EXACTSALES_BATCH_CONFIG = JSON.stringify({ encoding, storage: { root } });
    for (const cleansUp of [false, true]) {
      const before = files();
      const batches = apart('batches', {
        TAP_EXACTSALES_BATCH_CONFIG,
        TARGET_SQLITE_CLEAN_UP_BATCH_FILES: String(cleansUp),
      });
      await batches.meltano('run', '--state-id-suffix=batches', ...PAIR);
      expect(differences(join(here().folder, 'batches.sqlite'), account)).toEqual([]);
      expect(files().length > before.length).toBe(!cleansUp);
    }
  });

  it.each(['status 500', 'SIGTERM'] as const)(
    'a run completes the copy after a full refresh that %s ended',
    async (end) => {
      const name = `refresh-${end.replace(' ', '-')}`;
      const suffix = `--state-id-suffix=${name}`;
      const settings = { TAP_EXACTSALES_PAGE_SIZE: '10', TAP_EXACTSALES_MAX_RETRIES: '0' };
      const refreshed = apart(name, settings);
      await refreshed.meltano('run', suffix, ...PAIR);
      // Earlier versions wrote null where a partial state has an object.
      const id = `${ID}:${name}`;
      const { singer_state: complete } = JSON.parse(
        (await refreshed.tried('state', 'get', id)).stdout,
      ) as State;
      const bookmarks = Object.fromEntries(
        Object.entries(complete.bookmarks).map(([stream, bookmark]) => [
          stream,
          { ...bookmark, progress: undefined, progress_markers: null },
        ]),
      );
      const earlier = JSON.stringify({ singer_state: { bookmarks } });
      await refreshed.meltano('state', 'set', '--force', id, earlier);

      account.live({ seed: 11, edits: 30 });
      simulator.clearRequests();
      if (end === 'status 500') {
        simulator.faults([{ match: { set: 'callsHistory', every: 3 }, fault: { status: 500 } }]);
      } else simulator.behave({ latencyMs: 200 });
      const run = refreshed.start('run', '--full-refresh', suffix, ...PAIR);
      const failed = ended(run);
      if (end === 'SIGTERM') {
        await untilReading();
        process.kill(await processOf(run.pid, 'tap-exactsales'), 'SIGTERM');
      }
      expect((await failed).code).toBe(1);
      simulator.faults([]);
      simulator.behave({ latencyMs: 0 });

      await refreshed.meltano('run', suffix, ...PAIR);
      expect(differences(join(here().folder, `${name}.sqlite`), account)).toEqual([]);
    },
  );

  it('a run completes the copy after the tap and then a whole run were killed', async () => {
    const killed = apart('killed', { TAP_EXACTSALES_PAGE_SIZE: '10' });
    const id = '--state-id-suffix=killed';
    const database = join(here().folder, 'killed.sqlite');
    simulator.behave({ latencyMs: 200 });
    const first = killed.start('run', id, ...PAIR);
    const failed = ended(first);
    await untilReading();
    process.kill(await processOf(first.pid, 'tap-exactsales'), 'SIGKILL');
    expect((await failed).code).toBe(1);
    expect((await failed).stderr).toContain('Extractor failed');
    const streams = query(database, 'SELECT stream FROM _singer_streams');
    expect(streams.map(({ stream }) => stream)).not.toContain('leadscustomfields');

    simulator.clearRequests();
    const second = killed.start('run', id, ...PAIR);
    const killedRun = ended(second);
    await untilReading();
    process.kill(-(second.pid ?? 0), 'SIGKILL');
    await killedRun;
    simulator.behave({ latencyMs: 0 });
    const runs = query(database, 'SELECT outcome FROM _singer_runs ORDER BY run');
    expect(runs).toEqual([{ outcome: 'done' }, { outcome: 'running' }]);

    // Meltano considers a killed run active for five minutes.
    await killed.meltano('run', '--force', id, ...PAIR);
    expect(differences(database, account)).toEqual([]);
  });
});

/** Removes the rules that `meltano select` added, and selects everything. */
async function resetSelection(commands: readonly (readonly string[])[]): Promise<void> {
  for (const [, , plugin = '', ...rule] of commands) {
    await here().meltano('select', plugin, '--rm', ...rule);
  }
  // Without any rule, `meltano.yml` would contain an empty list, which selects nothing.
  await here().meltano('select', 'tap-exactsales', '*', '*');
}

/** Waits until the tap has sent some requests, but has not read every row. */
async function untilReading(): Promise<void> {
  await until(() => simulator.requests.length >= 30);
}

/** Finds the process of a plugin in the process group that Meltano leads. */
async function processOf(group: number | undefined, program: string): Promise<number> {
  const list = await outputOf('ps', ['-eo', 'pgid=,pid=,args=']);
  const lines = list.split('\n').map((line) => line.trim().split(/\s+/));
  const found = lines.find(
    ([pgid, , ...args]) =>
      pgid === String(group) && args.includes('--config') && args.join(' ').includes(program),
  );
  return Number(found?.[1]);
}

/** Expects Meltano's log to contain the programs' log lines as fields, not as JSON text. */
function expectParsed(log: string): void {
  const lines = log.split('\n').filter((line) => line.startsWith('{'));
  const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const of = (name: string, event: RegExp): Record<string, unknown> | undefined =>
    said.find((line) => line['name'] === name && event.test(String(line['event'])));
  expect(of('tap-exactsales', /^leads: 60 rows\.$/)).toMatchObject({
    level: 'info',
    app_name: 'tap-exactsales',
    plugin_logger: 'tap-exactsales',
  });
  expect(of('tap-exactsales', /^METRIC: /)).toMatchObject({
    metric_info: { metric: expect.any(String) as string },
  });
  expect(of('target-sqlite', /^Rows loaded: \d+$/)).toMatchObject({ level: 'info', streams: 33 });
  expect(said.filter(({ event }) => String(event).startsWith('{"'))).toEqual([]);
}
