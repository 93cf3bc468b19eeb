import { join } from 'node:path';
import type { Figure } from '../figure.ts';
import { interleave } from '../interleave.ts';
import { inFolder, removeDatabase, run, runPipe, targetCommand, writeJson } from '../processes.ts';
import { recordAccount, tapCommand, type RecordedAccount } from './recorded-account.ts';

/** Compares the pair with each program alone, and the tap with a client that parses nothing. */
export const tapPipe: Figure = {
  name: 'tap-pipe',
  measure: (isFull) =>
    inFolder(async (folder) => {
      const [leads, rounds] = isFull ? [100_000, 5] : [50_000, 3];
      const account = await recordAccount(folder, leads);
      try {
        const times = await measureTimes(account, folder, rounds);
        const slower = Math.max(times.tap, times.target);
        const seconds = (name: keyof typeof times): string => (times[name] / 1000).toFixed(1);
        return [
          {
            what: `tap | target ÷ the slower program run alone, ${leads} leads`,
            value: times.pair / slower,
            unit: '×',
            limit: { atMost: 1.25 },
            detail: `pair ${seconds('pair')} s, tap ${seconds('tap')} s, target ${seconds('target')} s`,
          },
          {
            what: `tap alone ÷ fetching and discarding its pages, ${leads} leads`,
            value: times.tap / times.baseline,
            unit: '×',
            limit: { atMost: 3 },
            detail: `tap ${seconds('tap')} s, baseline ${seconds('baseline')} s`,
          },
        ];
      } finally {
        account.server.stop();
      }
    }),
};

async function measureTimes(
  { server, lines: input }: RecordedAccount,
  folder: string,
  rounds: number,
): Promise<Readonly<Record<'baseline' | 'tap' | 'target' | 'pair', number>>> {
  const tap = await tapCommand(server, folder, 'tap');
  const target = targetCommand(folder);
  const paths = (await server.control('paths')) as string[];
  const origin = server.url.replace(/\/v3$/, '');
  const urls = paths.map((path) => `${origin}${path}`);
  const list = writeJson(folder, 'urls.json', urls);
  return interleave(
    {
      baseline: () => run([process.execPath, join(import.meta.dirname, 'discard.ts'), list]),
      tap: () => run(tap),
      target: () => (removeDatabase(folder), run(target, { input })),
      pair: () => (removeDatabase(folder), runPipe(tap, target)),
    },
    rounds,
  );
}
