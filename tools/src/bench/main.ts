import { parseArgs } from 'node:util';
import { batch } from './batch.ts';
import { isWithinLimit, type Figure, type Measured, type Skipped } from './figure.ts';
import { tapMemory, targetMemory } from './memory.ts';
import { tapStart, targetStart } from './start-up.ts';
import { tapPipe } from './tap/tap-pipe.ts';
import { tapQuota } from './tap/tap-quota.ts';
import { tapRequests } from './tap/tap-requests.ts';
import { targetChildren } from './target/target-children.ts';
import { targetLatency } from './target/target-latency.ts';
import { targetLeads } from './target/target-leads.ts';
import { targetPeers } from './target/target-peers.ts';

/** The figures, in the order in which they are measured. */
const figures: readonly Figure[] = [
  tapStart,
  tapRequests,
  tapQuota,
  tapPipe,
  batch,
  tapMemory,
  targetStart,
  targetLeads,
  targetPeers,
  targetChildren,
  targetLatency,
  targetMemory,
];

/** Most benchmarks report ratios to a baseline that is measured in the same run. */
const usage = `npm run bench -- [NAME]... [--full]

  NAME    ${figures.map(({ name }) => name).join(', ')} (default: all)
  --full  measure a million leads and the vendor's own rate limit, which takes long
`;

process.exitCode = await bench();

/** @returns the exit code: 1 if a number is outside its limit, 2 if a name is unknown, otherwise 0 */
async function bench(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      full: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const wanted = figures.filter(
    ({ name }) => positionals.length === 0 || positionals.includes(name),
  );
  const unknown = positionals.filter((name) => !wanted.some((figure) => figure.name === name));
  if (values.help || unknown.length > 0) {
    print(usage);
    return values.help ? 0 : 2;
  }
  let missed = 0;
  for (const figure of wanted) {
    for (const measured of await figure.measure(values.full)) {
      print(format(measured));
      if (!('skipped' in measured) && !isWithinLimit(measured)) missed += 1;
    }
  }
  print(
    missed === 0
      ? 'Every number is within its limit.\n'
      : `Numbers outside their limits: ${missed}.\n`,
  );
  return missed > 0 ? 1 : 0;
}

function format(measured: Measured | Skipped): string {
  if ('skipped' in measured) return `skipped  ${measured.what}: ${measured.skipped}\n`;
  const { what, value, unit, limit, detail } = measured;
  if (limit === undefined) return `         ${value.toFixed(2)} ${unit}  ${what}: ${detail}\n`;
  const wanted = 'atMost' in limit ? `at most ${limit.atMost}` : `at least ${limit.atLeast}`;
  const verdict = isWithinLimit(measured) ? 'ok      ' : 'MISSED  ';
  return `${verdict} ${value.toFixed(2)} ${unit} (${wanted})  ${what}: ${detail}\n`;
}

function print(text: string): void {
  process.stdout.write(text);
}
