import { fewestRequests, startApi, tapSettings } from './api.ts';
import type { Figure, Measured } from '../figure.ts';
import { command, inFolder, run, writeJson } from '../processes.ts';
import { selectStreams } from './recorded-account.ts';

const REQUESTS = 30;
interface Case {
  readonly name: string;
  /** The span of the rate limit. The vendor's is 20 s. */
  readonly seconds: number;
  /** Milliseconds per page. The vendor's server takes 3 s, which is 1.2 s if the span is 8 s. */
  readonly latency: number;
  /**
   * The figure counts whole spans, so the fewest requests of the account should be a few more than a
   * multiple of 30.
   */
  readonly leads: number;
  /** Default: all streams that are selected by default. */
  readonly streams?: readonly string[];
  readonly atLeast: number;
}

const CASES: readonly Case[] = [
  { name: 'pages of 1.2 s', seconds: 8, latency: 1200, leads: 7100, atLeast: 90 },
  {
    name: 'pages of 1.2 s, one set as large as all others together',
    ...{ seconds: 8, latency: 1200, leads: 20_000, atLeast: 85 },
    streams: ['leads', 'leadspersons', 'qualifications', 'callshistory'],
  },
  { name: 'pages of 0.15 s', seconds: 20, latency: 150, leads: 4200, atLeast: 97 },
];

/** Measures how much of the rate limit a first load uses. */
export const tapQuota: Figure = {
  name: 'tap-quota',
  async measure() {
    const measured: Measured[] = [];
    for (const one of CASES) measured.push(...(await measureCase(one)));
    return measured;
  },
};

async function measureCase(one: Case): Promise<Measured[]> {
  const { seconds, latency, leads, streams, atLeast } = one;
  const name = `${one.name}, ${REQUESTS} requests in ${seconds} s`;
  const api = await startApi([
    ...['--leads', String(leads), '--latency', String(latency)],
    ...['--quota', `${REQUESTS}/${seconds}`],
  ]);
  try {
    const settings = tapSettings(api, { quota_requests: REQUESTS, quota_seconds: seconds });
    await inFolder(async (folder) => {
      const catalog = streams && (await selectStreams(folder, streams));
      const config = writeJson(folder, 'tap.json', settings);
      const more = catalog === undefined ? [] : ['--catalog', catalog];
      await run(command('tap-exactsales', '--config', config, ...more));
    });
    const { requests, answered429 } = await api.requests();
    const fewest = await fewestRequests(api, requests);
    const arrivals = requests.map(({ at }) => at).sort((one, other) => one - other);
    const taken = ((arrivals.at(-1) ?? NaN) - (arrivals[0] ?? NaN)) / 1000;
    const spans = Math.floor((fewest - 1) / REQUESTS);
    return [
      {
        what: `share of the rate limit that a first load uses, ${name}`,
        value: ((spans * seconds) / taken) * 100,
        unit: '%',
        limit: { atLeast },
        detail: `${requests.length} requests, at least ${fewest} needed, ${taken.toFixed(1)} s`,
      },
      {
        what: `429 responses, ${name}`,
        value: answered429,
        unit: 'requests',
        limit: { atMost: 0 },
        detail: `of ${requests.length}`,
      },
    ];
  } finally {
    api.stop();
  }
}
