import { startApi, tapSettings } from './api.ts';
import type { Figure, Measured } from '../figure.ts';
import { command, inFolder, run, writeJson } from '../processes.ts';

const REQUESTS = 30;

interface Case {
  readonly seconds: number;
  readonly latency: number;
  readonly leads: number;
}

/** The second case is the vendor's rate limit. The first case allows ten times that rate. */
const CASES: readonly Case[] = [
  { seconds: 2, latency: 15, leads: 10_000 },
  { seconds: 20, latency: 150, leads: 8000 },
];

/** Measures how much of the rate limit the tap uses when the limit slows it down. */
export const tapQuota: Figure = {
  name: 'tap-quota',
  async measure(isFull) {
    const measured: Measured[] = [];
    for (const one of isFull ? CASES : CASES.slice(0, 1))
      measured.push(...(await measureCase(one)));
    return measured;
  },
};

async function measureCase({ seconds, latency, leads }: Case): Promise<Measured[]> {
  const api = await startApi([
    ...['--leads', String(leads), '--latency', String(latency)],
    ...['--quota', `${REQUESTS}/${seconds}`],
  ]);
  try {
    const settings = tapSettings(api, { quota_requests: REQUESTS, quota_seconds: seconds });
    await inFolder((folder) =>
      run(command('tap-exactsales', '--config', writeJson(folder, 'tap.json', settings))),
    );
    const { requests, answered429 } = await api.requests();
    const name = `${REQUESTS} requests in ${seconds} s, ${latency} ms per page`;
    const { share, spans } = used(
      requests.map(({ at }) => at),
      seconds * 1000,
    );
    return [
      {
        what: `share of the rate limit used, ${name}`,
        value: share * 100,
        unit: '%',
        limit: { atLeast: 97 },
        detail: `${requests.length} requests, ${spans} spans`,
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

/**
 * Returns the share of the rate limit that was used. After the first burst, a tap that uses the whole
 * limit sends each request one span after the 30th request before it.
 */
function used(arrivals: readonly number[], span: number): { share: number; spans: number } {
  const sorted = arrivals.toSorted((one, other) => one - other);
  const spans = Math.floor((sorted.length - 1) / REQUESTS) - 1;
  const [first, last] = [sorted[REQUESTS], sorted[REQUESTS * (spans + 1)]];
  if (spans < 1 || first === undefined || last === undefined) return { share: NaN, spans };
  return { share: (spans * span) / (last - first), spans };
}
