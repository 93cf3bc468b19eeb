import { delimiter, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MeltanoProject } from '../src/meltano.ts';
import { pythonTools } from '../src/python.ts';
import { createAccount, startSimulator, type Simulator } from '../src/simulator/index.ts';

const root = join(import.meta.dirname, '..', '..');
const TOKEN = 'canary-token';
const MINUTES = 60_000;

let project: MeltanoProject | undefined;
let missing = '';
let simulator: Simulator;

beforeAll(async () => {
  const tools = await pythonTools('meltano');
  if ('missing' in tools) {
    if (process.env['CI'] !== undefined) throw new Error(`Meltano must run here: ${tools.missing}`);
    missing = tools.missing;
    return;
  }
  simulator = await startSimulator({
    account: createAccount({ seed: 7, leads: 60 }),
    token: TOKEN,
  });
  project = new MeltanoProject(tools.bin, {
    PATH: [tools.bin, join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
    TAP_EXACTSALES_API_TOKEN: TOKEN,
  });
  await project.init();
  await addPlugins(project);
}, 10 * MINUTES);

afterAll(async () => {
  if (project) await simulator.stop();
});

beforeEach(({ skip }) => {
  if (!project) skip(missing);
});

async function addPlugins(meltano: MeltanoProject): Promise<void> {
  for (const name of ['tap-exactsales', 'target-sqlite']) {
    await meltano.meltano('add', name, '--from-ref', join(root, 'packages', name, 'plugin.yml'));
  }
  const set = (plugin: string, name: string, value: string): Promise<string> =>
    meltano.meltano('config', 'set', plugin, name, value);
  await set('tap-exactsales', 'api_url', simulator.url);
  await set('target-sqlite', 'database', meltano.database);
}

/** Rows of a table that are there, marked ones left out. */
function count(table: string): number {
  const database = new DatabaseSync(project?.database ?? '', { readOnly: true });
  try {
    const sql = `SELECT count(*) AS rows FROM "${table}" WHERE _sdc_deleted_at IS NULL`;
    return Number(database.prepare(sql).get()?.['rows']);
  } finally {
    database.close();
  }
}

describe('in Meltano', () => {
  it(
    'runs twice, the second time from its own state',
    async () => {
      const first = await project?.meltano('run', 'tap-exactsales', 'target-sqlite');
      expect(first).not.toContain(TOKEN);
      expect(count('leads')).toBe(simulator.account.rows('Leads').length);
      expect(count('stages')).toBe(simulator.account.rows('stages').length);
      const state = await project?.meltano('state', 'get', 'dev:tap-exactsales-to-target-sqlite');
      expect(state).toContain('"leads"');

      simulator.account.live({ seed: 3, edits: 20 });
      simulator.clearRequests();
      await project?.meltano('run', 'tap-exactsales', 'target-sqlite');
      expect(count('leads')).toBe(simulator.account.rows('Leads').length);
      const leads = simulator.requests.filter(({ path }) => /leads/i.test(path));
      expect(leads.some(({ query }) => /updateDate ge/i.test(query['$filter'] ?? ''))).toBe(true);
    },
    5 * MINUTES,
  );
});
