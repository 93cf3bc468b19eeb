import { join } from 'node:path';
import { pythonTools } from '../python.ts';
import type { Figure, Measured, Skipped } from './figure.ts';
import { interleave } from './interleave.ts';
import { writeLeads } from './leads.ts';
import { LEADS, peers, type Peer } from './peers.ts';
import { inFolder, run } from './process.ts';
import { writeJson } from './programs.ts';
import { targetCommand } from './target.ts';

const ROUNDS = 3;
/** Enough to see whether a peer runs at all. */
const SAMPLE = 10;
const OURS = 'ours';

/** The same leads from a pipe into a new place, by ours and by other targets. */
export const targetPeers: Figure = {
  name: 'target-peers',
  measure: () => inFolder(measure),
};

async function measure(folder: string): Promise<(Measured | Skipped)[]> {
  const inputOf = (rows: number): string => join(folder, `${rows}.singer`);
  for (const rows of new Set([SAMPLE, LEADS, ...peers.map((peer) => peer.rows)]))
    writeLeads(inputOf(rows), rows);
  const ready = await Promise.all(peers.map(async (peer) => readied(peer, inputOf(SAMPLE))));
  const variants: Record<string, () => Promise<number>> = {
    [OURS]: async () => runOurs(inputOf(LEADS)),
  };
  for (const { peer, bin } of ready) {
    if (bin === undefined) continue;
    variants[peer.name] = async () => runPeer(peer, bin, inputOf(peer.rows));
  }
  const seconds = await interleave(variants, ROUNDS);
  return ready.map(({ peer: { name, atLeast, rows }, missing }) => {
    const what = `leads a second ÷ those of ${name}`;
    if (missing !== undefined) return { what, skipped: missing };
    const ours = LEADS / (seconds[OURS] ?? NaN);
    const theirs = rows / (seconds[name] ?? NaN);
    const detail = `${Math.round(ours)} (${LEADS} rows) and ${Math.round(theirs)} (${rows} rows)`;
    return { what, value: ours / theirs, unit: '×', reach: { atLeast }, detail };
  });
}

interface Readied {
  readonly peer: Peer;
  readonly bin?: string;
  /** Why it cannot be measured here. */
  readonly missing?: string;
}

/** Installs a peer where it is not yet, and lets it load a few rows, or says why it does not. */
async function readied(peer: Peer, sample: string): Promise<Readied> {
  const tools = await pythonTools(peer.requirements);
  if ('missing' in tools) return { peer, missing: tools.missing };
  return runPeer(peer, tools.bin, sample).then(
    () => ({ peer, bin: tools.bin }),
    () => ({ peer, missing: 'it does not run with the Python that is here' }),
  );
}

async function runPeer({ command, settings }: Peer, bin: string, input: string): Promise<number> {
  return inFolder(async (folder) => {
    const [program, ...args] = command;
    const config = writeJson(folder, 'peer.json', settings(folder));
    const all = [...args, '--config', config];
    return (await run(join(bin, program), all, ['cat', input])).seconds;
  });
}

async function runOurs(input: string): Promise<number> {
  return inFolder(async (folder) => {
    const command = targetCommand(folder);
    return (await run(process.execPath, command, ['cat', input])).seconds;
  });
}
