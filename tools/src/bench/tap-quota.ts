import { startApi, tapSettings } from './api.ts';
import type { Figure, Measured } from './figure.ts';
import { binOf, newFolder, run, writeJson } from './programs.ts';

const REQUESTS = 30;

interface Case {
  readonly seconds: number;
  readonly latency: number;
  readonly leads: number;
}

/** The vendor's budget, and the same in a tenth of the time. */
const CASES: readonly Case[] = [
  { seconds: 2, latency: 15, leads: 10_000 },
  { seconds: 20, latency: 150, leads: 8000 },
];

/** How much of the token's budget is used while there is more to read than it allows. */
export const tapQuota: Figure = {
  name: 'tap-quota',
  async measure(isFull) {
    const measured: Measured[] = [];
    for (const one of isFull ? CASES : CASES.slice(0, 1)) measured.push(...(await budget(one)));
    return measured;
  },
};

async function budget({ seconds, latency, leads }: Case): Promise<Measured[]> {
  const api = await startApi([
    ...['--leads', String(leads), '--latency', String(latency)],
    ...['--quota', `${REQUESTS}/${seconds}`],
  ]);
  try {
    const settings = tapSettings(api, { quota_requests: REQUESTS, quota_seconds: seconds });
    const config = writeJson(newFolder(), 'tap.json', settings);
    await run([binOf('tap-exactsales'), '--config', config]);
    const { requests, answered429 } = await api.requests();
    const name = `${REQUESTS} requests in ${seconds} s, ${latency} ms a page`;
    const { share, spans } = used(
      requests.map(({ at }) => at),
      seconds * 1000,
    );
    return [
      {
        what: `budget used, ${name}`,
        value: share * 100,
        unit: '%',
        reach: { atLeast: 97 },
        detail: `${requests.length} requests, ${spans} spans`,
      },
      {
        what: `answers 429, ${name}`,
        value: answered429,
        unit: 'requests',
        reach: { atMost: 0 },
        detail: `of ${requests.length}`,
      },
    ];
  } finally {
    api.stop();
  }
}

/** In the steady state each request comes a span after the one 30 before it. The first burst is none of it. */
function used(arrivals: readonly number[], span: number): { share: number; spans: number } {
  const sorted = arrivals.toSorted((one, other) => one - other);
  const spans = Math.floor((sorted.length - 1) / REQUESTS) - 1;
  const [first, last] = [sorted[REQUESTS], sorted[REQUESTS * (spans + 1)]];
  if (spans < 1 || first === undefined || last === undefined) return { share: NaN, spans };
  return { share: (spans * span) / (last - first), spans };
}
