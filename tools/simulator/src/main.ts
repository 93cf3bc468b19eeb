import { parseArgs } from 'node:util';
import { createAccount, startSimulator } from './index.ts';

/** The API alone, on this machine, for trying things against it. */
const usage = `npm run simulator -- [options]

  --port N        the port; a free one unless told
  --leads N       10 to 1000000; 1000 unless told
  --seed N        another seed is another company; 1 unless told
  --token TEXT    what clients must send in the header token_exact; simulator-token unless told
  --latency MS    before each answer
  --quota N/S     requests in so many seconds, as 30/20; none unless told
  --help
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
  say(greeting(simulator.url, simulator.controlUrl, token, leads));
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

/** Undefined where the help was asked for, or an option is not understood; what to do is said. */
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
      say(usage);
      return undefined;
    }
    return {
      leads: wholeNumber('leads', values.leads, 10, 1_000_000),
      seed: wholeNumber('seed', values.seed, 0, 2 ** 31),
      token: values.token,
      port: wholeNumber('port', values.port, 0, 65_535),
      latency: wholeNumber('latency', values.latency, 0, 600_000),
      quota: values.quota === undefined ? undefined : quotaOf(values.quota),
    };
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
    return undefined;
  }
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new RangeError(`--${name} must be a whole number from ${least} to ${most}.`);
}

function quotaOf(text: string): { requests: number; seconds: number } {
  const [, requests, seconds] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (requests === undefined || seconds === undefined) {
    throw new RangeError('--quota must be requests/seconds, as 30/20.');
  }
  return { requests: Number(requests), seconds: Number(seconds) };
}

function greeting(url: string, controlUrl: string, token: string, leads: number): string {
  return `A made-up account of ${leads} leads answers at ${url}
The token is ${token}

  curl -H 'token_exact: ${token}' '${url}/Leads?$top=1'

  TAP_EXACTSALES_API_URL=${url} TAP_EXACTSALES_API_TOKEN=${token} \\
    npx tap-exactsales --config ENV | \\
    TARGET_SQLITE_DATABASE=exact.sqlite npx target-sqlite --config ENV

  curl -X POST ${controlUrl}/live -d '{"seed": 1, "edits": 50}'

Ctrl-C ends it.
`;
}

function say(text: string): void {
  process.stdout.write(text);
}
