import { join } from 'node:path';
import { pythonTools } from '../../python.ts';
import type { Figure, Measured, Skipped } from '../figure.ts';
import { interleave } from '../interleave.ts';
import { writeLeads } from './lead-lines.ts';
import { inFolder, runPipe, targetCommand, writeJson } from '../processes.ts';

const ROUNDS = 3;
/** Number of leads in the trial load that checks whether a peer runs at all. */
const SAMPLE = 10;
const OURS = 'ours';
/** Number of leads to load. */
const LEADS = 200_000;

/** A target by another author that loads the same rows. */
interface Peer {
  readonly name: string;
  /** The name in `tools/requirements/<name>.txt`, which pins the peer's packages. */
  readonly requirements: string;
  /** Lowest allowed ratio of our rows per second to the peer's. */
  readonly atLeast: number;
  /** Number of leads that keeps the peer busy for a few seconds. */
  readonly rows: number;
  /** The program in the environment's `bin` folder, and its arguments before `--config`. */
  readonly command: readonly [string, ...string[]];
  /** Returns settings that make the peer write into the folder. */
  readonly settings: (folder: string) => object;
}

/** This release uses `collections.MutableMapping`, which Python 3.10 removed. */
const START_OLD_SQLITE = `
import collections, collections.abc
collections.MutableMapping = collections.abc.MutableMapping
import target_sqlite
target_sqlite.main()
`;

const peers: readonly Peer[] = [
  {
    // This is the newest release on PyPI.
    name: "Meltano's target-sqlite 0.2.0",
    requirements: 'meltano-target-sqlite',
    atLeast: 35,
    // It syncs the disk for each row, so it takes as long for these few rows as the other targets take
    // for all leads.
    rows: 4000,
    command: ['python', '-c', START_OLD_SQLITE],
    settings: (folder) => ({ database: join(folder, 'peer') }),
  },
  {
    name: 'target-duckdb 0.8.0',
    requirements: 'target-duckdb',
    atLeast: 9,
    rows: LEADS,
    command: ['target-duckdb'],
    settings: (folder) => ({
      filepath: join(folder, 'peer.duckdb'),
      default_target_schema: 'main',
    }),
  },
  {
    name: 'target-jsonl 0.1.4',
    requirements: 'target-jsonl',
    atLeast: 9,
    rows: LEADS,
    command: ['target-jsonl'],
    settings: (folder) => ({ destination_path: folder }),
  },
];

/** Compares our target with other targets that load the same leads from a pipe. */
export const targetPeers: Figure = {
  name: 'target-peers',
  measure: () => inFolder(measure),
};

async function measure(folder: string): Promise<(Measured | Skipped)[]> {
  const inputOf = (rows: number): string => join(folder, `${rows}.singer`);
  for (const rows of new Set([SAMPLE, LEADS, ...peers.map((peer) => peer.rows)]))
    writeLeads(inputOf(rows), rows);
  const ready = await Promise.all(peers.map(async (peer) => prepare(peer, inputOf(SAMPLE))));
  const variants: Record<string, () => Promise<number>> = {
    [OURS]: async () => runOurs(inputOf(LEADS)),
  };
  for (const { peer, bin } of ready) {
    if (bin === undefined) continue;
    variants[peer.name] = async () => runPeer(peer, bin, inputOf(peer.rows));
  }
  const times = await interleave(variants, ROUNDS);
  return ready.map(({ peer: { name, atLeast, rows }, missing }) => {
    const what = `leads per second ÷ those of ${name}`;
    if (missing !== undefined) return { what, skipped: missing };
    const ours = LEADS / ((times[OURS] ?? NaN) / 1000);
    const theirs = rows / ((times[name] ?? NaN) / 1000);
    const detail = `${Math.round(ours)} (${LEADS} rows) and ${Math.round(theirs)} (${rows} rows)`;
    return { what, value: ours / theirs, unit: '×', limit: { atLeast }, detail };
  });
}

interface Prepared {
  readonly peer: Peer;
  readonly bin?: string;
  /** The reason why the peer cannot be measured on this machine. */
  readonly missing?: string;
}

/** Installs a peer if needed and tries it with a few rows. */
async function prepare(peer: Peer, sample: string): Promise<Prepared> {
  const tools = await pythonTools(peer.requirements);
  if ('missing' in tools) return { peer, missing: tools.missing };
  return runPeer(peer, tools.bin, sample).then(
    () => ({ peer, bin: tools.bin }),
    () => ({ peer, missing: 'the peer does not run with the installed Python' }),
  );
}

async function runPeer({ command, settings }: Peer, bin: string, input: string): Promise<number> {
  return inFolder(async (folder) => {
    const [program, ...args] = command;
    const config = writeJson(folder, 'peer.json', settings(folder));
    const all = [...args, '--config', config];
    return runPipe(['cat', input], [join(bin, program), ...all]);
  });
}

async function runOurs(input: string): Promise<number> {
  return inFolder(async (folder) => {
    return runPipe(['cat', input], targetCommand(folder));
  });
}
