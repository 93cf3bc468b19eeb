import { parseArgs } from 'node:util';
import { isReached, type Measured, type Skipped } from './bench/figure.ts';
import { figures } from './bench/figures.ts';

/** The benchmarks: ratios against a floor that is measured in the same run. */
const usage = `npm run bench -- [NAME]... [--full]

  NAME    ${figures.map(({ name }) => name).join(', ')}; all unless told
  --full  at full size: a million leads, the vendor's own quota; takes long
`;

await bench();

async function bench(): Promise<void> {
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
    say(usage);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const missed: Measured[] = [];
  for (const figure of wanted) {
    for (const measured of await figure.measure(values.full)) {
      say(line(measured));
      if (!('skipped' in measured) && !isReached(measured)) missed.push(measured);
    }
  }
  say(
    missed.length === 0 ? 'All figures are reached.\n' : `${missed.length} figures are missed.\n`,
  );
  if (missed.length > 0) process.exitCode = 1;
}

function line(measured: Measured | Skipped): string {
  if ('skipped' in measured) return `skipped  ${measured.what}: ${measured.skipped}\n`;
  const { what, value, unit, reach, detail } = measured;
  if (reach === undefined) return `         ${value.toFixed(2)} ${unit}  ${what}: ${detail}\n`;
  const wanted = 'atMost' in reach ? `at most ${reach.atMost}` : `at least ${reach.atLeast}`;
  const verdict = isReached(measured) ? 'reached' : 'MISSED ';
  return `${verdict}  ${value.toFixed(2)} ${unit} (${wanted})  ${what}: ${detail}\n`;
}

function say(text: string): void {
  process.stdout.write(text);
}
