import { parseArgs } from 'node:util';
import { createAccount, startSimulator } from './index.ts';

const usage = `npm run simulator -- [options]

Serves a fictional Exact Spotter account on this machine.

  --port N        Port to listen on (default: a free port)
  --leads N       Number of leads, 10 to 1000000 (default: 1000)
  --seed N        Seed of the account; each seed creates a different company (default: 1)
  --token TEXT    Value that the token_exact header must have (default: simulator-token)
  --latency MS    Milliseconds before each response (default: 0)
  --quota N/S     Rate limit of N requests in S seconds, such as 30/20 (default: no limit)
  --help          Show this help
`;

await serve();

async function serve(): Promise<void> {
  const options = readOptions();
  if (!options) return;
  const { leads, seed, token, port, latency, quota } = options;
  const simulator = await startSimulator({
    account: createAccount({ leads, seed }),
    token,
    behaviour: { latencyMs: latency, ...(quota && { quota }) },
    port,
  });
  print(greeting(simulator.url, simulator.controlUrl, token, leads));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void simulator.stop());
  }
}

interface Options {
  readonly leads: number;
  readonly seed: number;
  readonly token: string;
  readonly port: number;
  readonly latency: number;
  readonly quota: { readonly requests: number; readonly seconds: number } | undefined;
}

/** Returns undefined if it printed the help or reported an invalid option. */
function readOptions(): Options | undefined {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '0' },
        leads: { type: 'string', default: '1000' },
        seed: { type: 'string', default: '1' },
        token: { type: 'string', default: 'simulator-token' },
        latency: { type: 'string', default: '0' },
        quota: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      print(usage);
      return undefined;
    }
    return {
      leads: integer('leads', values.leads, 10, 1_000_000),
      seed: integer('seed', values.seed, 0, 2 ** 31),
      token: values.token,
      port: integer('port', values.port, 0, 65_535),
      latency: integer('latency', values.latency, 0, 600_000),
      quota: values.quota === undefined ? undefined : parseQuota(values.quota),
    };
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
    return undefined;
  }
}

function integer(name: string, text: string, minimum: number, maximum: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new RangeError(`--${name} must be an integer from ${minimum} to ${maximum}.`);
}

function parseQuota(text: string): { requests: number; seconds: number } {
  const [, requests, seconds] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (requests === undefined || seconds === undefined) {
    throw new RangeError('--quota must have the form requests/seconds, such as 30/20.');
  }
  return { requests: Number(requests), seconds: Number(seconds) };
}

function greeting(url: string, controlUrl: string, token: string, leads: number): string {
  return `A simulated account with ${leads} leads answers at ${url}
The token is ${token}

  curl -H 'token_exact: ${token}' '${url}/Leads?$top=1'

  TAP_EXACTSALES_API_URL=${url} TAP_EXACTSALES_API_TOKEN=${token} \\
    npx tap-exactsales --config ENV | \\
    TARGET_SQLITE_DATABASE=exact.sqlite npx target-sqlite --config ENV

  curl -X POST ${controlUrl}/live -d '{"seed": 1, "edits": 50}'

Press Ctrl+C to stop.
`;
}

function print(text: string): void {
  process.stdout.write(text);
}
