import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isTableName, tables } from '@exact-spotter/schema';
import { readReplication } from '@exact-spotter/singer';
import {
  fewestRequests,
  PAGE,
  startApi,
  tapSettings,
  type ApiRequest,
  type Server,
} from './api.ts';
import type { Figure, Measured } from '../figure.ts';
import { command, inFolder, run, writeJson, type Command } from '../processes.ts';

const LEADS = 20_000;
/** The share of an account's rows that change in a day. */
const CHANGED = 0.005;

/** Compares the number of requests in a first load and in a daily run with the possible minimum. */
export const tapRequests: Figure = {
  name: 'tap-requests',
  measure: () =>
    inFolder(async (folder) => {
      const api = await startApi(['--leads', String(LEADS)]);
      try {
        const config = writeJson(folder, 'tap.json', tapSettings(api));
        const tap = command('tap-exactsales', '--config', config);
        const output = join(folder, 'out.jsonl');
        const first = await firstLoad(api, tap, output);
        const state = writeJson(folder, 'state.json', lastState(output));
        return [first, ...(await dailyRun(api, [...tap, '--state', state]))];
      } finally {
        api.stop();
      }
    }),
};

async function firstLoad(api: Server, tap: Command, output: string): Promise<Measured> {
  await run(tap, { output });
  const { requests } = await api.requests();
  const needed = await fewestRequests(api, requests);
  return {
    what: `requests of a first load of ${LEADS} leads ÷ the pages of its sets`,
    value: requests.length / needed,
    unit: '×',
    limit: { atMost: 1.1 },
    detail: `${requests.length} requests, ${needed} pages`,
  };
}

async function dailyRun(api: Server, tap: Command): Promise<Measured[]> {
  const rows = (await counts(api)).reduce((sum, set) => sum + set.rows, 0);
  const edits = Math.round(rows * CHANGED);
  await api.control('live', { seed: 7, edits, limit: 'daily' });
  await run(tap);
  const { requests } = await api.requests();
  const bySet = Object.entries(Object.groupBy(requests, ({ set }) => set)).map(
    ([set, made = []]) => ({ set, count: made.length, rows: rowsOf(made), method: methodOf(set) }),
  );
  const detail = (sets: typeof bySet): string =>
    sets
      .toSorted((one, other) => other.count - one.count)
      .map(({ set, count, rows: read }) => `${set} ${count} (${read} rows)`)
      .join(', ');
  const dated = bySet.filter(({ method }) => method === 'incremental');
  // One request finds out that nothing has changed. The leads come with their persons.
  const needed = bySet.map((set) => (set.set === 'Leads' ? 0 : Math.max(1, pagesOf(set))));
  return [
    {
      what: `most requests for one set read by date in a daily run, ${edits} of ${rows} rows changed`,
      value: Math.max(...dated.map(({ count }) => count)),
      unit: 'requests',
      limit: { atMost: 2 },
      detail: detail(dated),
    },
    {
      what: 'requests of a daily run beyond the pages of its rows',
      value: requests.length - needed.reduce((sum, some) => sum + some, 0),
      unit: 'requests',
      limit: { atMost: 6 },
      detail: detail(bySet),
    },
  ];
}

function pagesOf({ rows }: { readonly rows: number }): number {
  return Math.ceil(rows / PAGE);
}

function rowsOf(requests: readonly ApiRequest[]): number {
  return requests.reduce((sum, { rows }) => sum + rows, 0);
}

/**
 * Returns the number of rows in each set that the tap reads. It does not read `/Leads`, because
 * `/LeadsAndPersons` also contains the leads.
 */
async function counts(api: Server): Promise<{ set: string; rows: number }[]> {
  const given = (await api.control('live', { edits: 0 })) as Record<string, number>;
  return Object.entries(given).flatMap(([set, rows]) => (set === 'Leads' ? [] : { set, rows }));
}

/** Stream names by lower-case set name, where the two differ. */
const STREAMS: Readonly<Record<string, string>> = {
  leadsandpersons: 'leadspersons',
  qualificationhistories: 'qualifications',
};

function methodOf(set: string): string {
  const name = STREAMS[set.toLowerCase()] ?? set.toLowerCase();
  if (!isTableName(name)) throw new Error(`No stream is read from ${set}.`);
  return readReplication(tables[name])?.method ?? 'full';
}

function lastState(output: string): unknown {
  const line = readFileSync(output, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  return (JSON.parse(line) as { value: unknown }).value;
}
