import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readReplication, tables, isTableName } from '@exact-spotter/schema';
import { startApi, tapSettings, type ApiRequest, type Server } from './api.ts';
import type { Figure, Measured } from './figure.ts';
import { binOf, newFolder, run, writeJson } from './programs.ts';

const LEADS = 20_000;
const PAGE = 500;
/** The share of an account that changes in a day. */
const CHANGED = 0.005;

/** How many requests a first load and a daily run make, against those that nobody could do without. */
export const tapRequests: Figure = {
  name: 'tap-requests',
  async measure() {
    const api = await startApi(['--leads', String(LEADS)]);
    try {
      const folder = newFolder();
      const tap = [
        binOf('tap-exactsales'),
        '--config',
        writeJson(folder, 'tap.json', tapSettings(api)),
      ];
      const output = join(folder, 'out.jsonl');
      const first = await firstLoad(api, tap, output);
      const state = writeJson(folder, 'state.json', lastState(output));
      return [first, ...(await dailyRun(api, [...tap, '--state', state]))];
    } finally {
      api.stop();
    }
  },
};

async function firstLoad(api: Server, tap: readonly string[], output: string): Promise<Measured> {
  await run(tap, { output });
  const { requests } = await api.requests();
  const pages = (await counts(api)).map(({ rows }) => Math.ceil(rows / PAGE));
  const needed = pages.reduce((sum, some) => sum + some, 0);
  return {
    what: `requests of a first load of ${LEADS} leads ÷ the pages of its sets`,
    value: requests.length / needed,
    unit: '×',
    reach: { atMost: 1.1 },
    detail: `${requests.length} requests, ${needed} pages`,
  };
}

async function dailyRun(api: Server, tap: readonly string[]): Promise<Measured[]> {
  const rows = (await counts(api)).reduce((sum, set) => sum + set.rows, 0);
  const edits = Math.round(rows * CHANGED);
  await api.control('live', { seed: 7, edits, reach: 'daily' });
  await run(tap);
  const { requests } = await api.requests();
  const bySet = Object.entries(Object.groupBy(requests, ({ set }) => set)).map(
    ([set, made = []]) => ({ set, made: made.length, rows: rowsOf(made), method: methodOf(set) }),
  );
  return (['incremental', 'window', 'full'] as const).map((method) => {
    const sets = bySet.filter((set) => set.method === method);
    const most = sets.toSorted((one, other) => other.made - one.made);
    // What has no date to ask by must be read whole, and what is in the window too.
    const needed = sets.map((set) => Math.max(1, Math.ceil(set.rows / PAGE)));
    const detail = most
      .map(({ set, made, rows: came }) => `${set} ${made} (${came} rows)`)
      .join(', ');
    return method === 'incremental'
      ? {
          what: `requests of a daily run, ${edits} of ${rows} rows changed: the most of a set read by date`,
          value: most[0]?.made ?? NaN,
          unit: 'requests',
          reach: { atMost: 2 },
          detail,
        }
      : {
          what: `… of the sets read ${method === 'full' ? 'whole' : 'by window'} ÷ the pages of what they answered`,
          value: requestsOf(sets) / needed.reduce((sum, some) => sum + some, 0),
          unit: '×',
          reach: { atMost: 1.1 },
          detail,
        };
  });
}

function requestsOf(sets: readonly { readonly made: number }[]): number {
  return sets.reduce((sum, { made }) => sum + made, 0);
}

function rowsOf(requests: readonly ApiRequest[]): number {
  return requests.reduce((sum, { rows }) => sum + rows, 0);
}

/** `/LeadsAndPersons` serves `/Leads` too, which need not be read then. */
async function counts(api: Server): Promise<{ set: string; rows: number }[]> {
  const given = (await api.control('live', { edits: 0 })) as Record<string, number>;
  return Object.entries(given).flatMap(([set, rows]) => (set === 'Leads' ? [] : { set, rows }));
}

/** Streams are named as their sets, save these. */
const STREAMS: Readonly<Record<string, string>> = {
  leadsandpersons: 'leadspersons',
  qualificationhistories: 'qualifications',
};

function methodOf(set: string): string {
  const name = STREAMS[set.toLowerCase()] ?? set.toLowerCase();
  if (!isTableName(name)) throw new Error(`No stream is known of the set ${set}.`);
  return readReplication(tables[name])?.method ?? 'full';
}

function lastState(output: string): unknown {
  const line = readFileSync(output, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  return (JSON.parse(line) as { value: unknown }).value;
}
