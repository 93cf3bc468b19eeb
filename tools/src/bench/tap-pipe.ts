import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from './figure.ts';
import { interleave } from './interleave.ts';
import { binOf, newFolder, run, runPipe, writeJson } from './programs.ts';
import { recordAccount, tapArguments, type RecordedAccount } from './recorded-account.ts';

/** The two programs together against each alone, and the tap against a reader that looks at nothing. */
export const tapPipe: Figure = {
  name: 'tap-pipe',
  async measure(isFull) {
    const [leads, rounds] = isFull ? [100_000, 5] : [50_000, 3];
    const folder = newFolder();
    const account = await recordAccount(folder, leads);
    try {
      const took = await times(account, folder, rounds);
      const slower = Math.max(took.tap, took.target);
      const seconds = (name: keyof typeof took): string => (took[name] / 1000).toFixed(1);
      return [
        {
          what: `tap | target ÷ the slower alone, ${leads} leads`,
          value: took.pair / slower,
          unit: '×',
          reach: { atMost: 1.25 },
          detail: `pair ${seconds('pair')} s, tap ${seconds('tap')} s, target ${seconds('target')} s`,
        },
        {
          what: `tap alone ÷ pages fetched and thrown away, ${leads} leads`,
          value: took.tap / took.floor,
          unit: '×',
          reach: { atMost: 3 },
          detail: `tap ${seconds('tap')} s, floor ${seconds('floor')} s`,
        },
      ];
    } finally {
      account.server.stop();
      rmSync(folder, { recursive: true });
    }
  },
};

async function times(
  { server, lines: input }: RecordedAccount,
  folder: string,
  rounds: number,
): Promise<Readonly<Record<'floor' | 'tap' | 'target' | 'pair', number>>> {
  const database = join(folder, 'exact.sqlite');
  const output = '/dev/null';
  const tap = await tapArguments(server, folder, 'tap');
  const target = [
    binOf('target-sqlite'),
    '--config',
    writeJson(folder, 'target.json', { database }),
  ];
  const paths = (await server.control('paths')) as string[];
  const origin = server.url.replace(/\/v3$/, '');
  const list = writeJson(
    folder,
    'urls.json',
    paths.map((path) => `${origin}${path}`),
  );
  const anew = (): void => {
    for (const tail of ['', '-wal', '-shm']) rmSync(`${database}${tail}`, { force: true });
  };
  return interleave(
    {
      floor: () => run([join(import.meta.dirname, 'discard.ts'), list]),
      tap: () => run(tap, { output }),
      target: () => (anew(), run(target, { input })),
      pair: () => (anew(), runPipe(tap, target)),
    },
    rounds,
  );
}
