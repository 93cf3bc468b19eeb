import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createAccount, startSimulator } from '@exact-spotter/simulator';

/**
 * Copies a generated account into `demo/exact.sqlite` with the two installed programs, then queries
 * the database. The simulator, which runs on this machine, serves the API.
 */
const LEADS = 800;
const TOKEN = 'demo-token';
const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'demo');
const database = join(folder, 'exact.sqlite');

const queries = [
  {
    title: 'Leads by stage of the funnel',
    sql: `SELECT trim(stage) AS stage, count(*) AS leads
FROM leads
WHERE _sdc_deleted_at IS NULL
GROUP BY 1
ORDER BY leads DESC
LIMIT 8`,
  },
  {
    title: 'Meetings by pre-seller',
    sql: `SELECT sdrs.name || ' ' || coalesce(sdrs.lastname, '') AS sdr, count(*) AS meetings
FROM meetings
JOIN leads ON leads.id = meetings.lead_id
JOIN sdrs ON sdrs.id = leads.sdr_id
WHERE meetings.type <> 'Cancelada'
  AND meetings._sdc_deleted_at IS NULL
  AND leads._sdc_deleted_at IS NULL
  AND sdrs._sdc_deleted_at IS NULL
GROUP BY sdrs.id
ORDER BY meetings DESC
LIMIT 5`,
  },
  {
    title: 'Sales by month',
    sql: `SELECT strftime('%Y-%m', saledate) AS month, count(*) AS sales, round(sum(totaldealvalue), 2) AS value
FROM leadssold
WHERE _sdc_deleted_at IS NULL
GROUP BY month
ORDER BY month DESC
LIMIT 6`,
  },
];

await demo();

async function demo(): Promise<void> {
  const simulator = await startSimulator({
    account: createAccount({ seed: 2026, leads: LEADS }),
    token: TOKEN,
    behaviour: { quota: { requests: 30, seconds: 20 } },
  });
  try {
    writeConfigs(simulator.url);
    say(`The simulator serves a generated account of ${LEADS} leads at ${simulator.url}.\n`);
    say('tap-exactsales --config demo/tap.json | target-sqlite --config demo/target.json\n\n');
    process.exitCode = await pipe();
  } finally {
    await simulator.stop();
  }
  if (process.exitCode === 0) show();
}

function writeConfigs(url: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeJson('tap.json', { api_token: TOKEN, api_url: url });
  writeJson('target.json', { database });
}

function writeJson(name: string, value: object): void {
  writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
}

/** Runs `tap | target`. @returns the exit code of the first program that failed, or 0 */
async function pipe(): Promise<number> {
  const path = [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter);
  const env = { ...process.env, PATH: path };
  const tap = spawn('tap-exactsales', ['--config', join(folder, 'tap.json')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const target = spawn('target-sqlite', ['--config', join(folder, 'target.json')], {
    env,
    stdio: [tap.stdout, 'ignore', 'inherit'],
  });
  // While this process holds the pipe open, neither program notices that the other program has
  // ended.
  tap.stdout.destroy();
  const codes = await Promise.all([tap, target].map((child) => once(child, 'exit')));
  return codes.map(([code]) => (code as number | null) ?? 1).find((code) => code !== 0) ?? 0;
}

function show(): void {
  // The database is not opened read-only, so that closing it removes the -wal and -shm files.
  const reader = new DatabaseSync(database);
  say('\nRows per table:\n\n');
  const names = reader
    .prepare(
      `SELECT name FROM sqlite_schema
       WHERE type = 'table' AND name NOT LIKE '\\_singer\\_%' ESCAPE '\\' ORDER BY name`,
    )
    .all();
  for (const { name } of names) {
    const rows = reader.prepare(`SELECT count(*) AS rows FROM "${String(name)}"`).get()?.['rows'];
    say(`  ${String(name).padEnd(32)}${String(rows).padStart(8)}\n`);
  }
  for (const { title, sql } of queries) {
    say(`\n${title}:\n\n${sql.replaceAll(/^/gm, '    ')};\n\n`);
    for (const row of reader.prepare(sql).all()) say(`  ${Object.values(row).join(' | ')}\n`);
  }
  reader.close();
  say(
    `\nThe database is ${relative(process.env['INIT_CWD'] ?? process.cwd(), database)}: open it with any SQLite browser.\n`,
  );
}

function say(text: string): void {
  process.stdout.write(text);
}
