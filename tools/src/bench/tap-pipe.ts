import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startApi, startServer, tapSettings, type Server } from './api.ts';
import { selectStreams } from './catalog.ts';
import type { Figure } from './figure.ts';
import { interleave } from './interleave.ts';
import { binOf, newFolder, run, runPipe, writeJson } from './programs.ts';

/** Streams whose requests are the same in every run, so that a server can know the answers. */
const STREAMS = ['leads', 'leadspersons', 'leadspersons__persons', 'callshistory', 'leadstages'];

/** The two programs together against each alone, and the tap against a reader that looks at nothing. */
export const tapPipe: Figure = {
  name: 'tap-pipe',
  async measure(isFull) {
    const [leads, rounds] = isFull ? [50_000, 5] : [20_000, 3];
    const api = await startApi(['--leads', String(leads)]);
    const playback = await startServer(join(import.meta.dirname, 'playback.ts'), [api.url]);
    try {
      const took = await times(playback, rounds, () => api.stop());
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
      playback.stop();
      api.stop();
    }
  },
};

async function times(
  playback: Server,
  rounds: number,
  isRecorded: () => void,
): Promise<Readonly<Record<'floor' | 'tap' | 'target' | 'pair', number>>> {
  const folder = newFolder();
  const database = join(folder, 'exact.sqlite');
  const [input, output] = [join(folder, 'in.jsonl'), '/dev/null'];
  const tap = await tapArguments(playback, folder);
  const target = [
    binOf('target-sqlite'),
    '--config',
    writeJson(folder, 'target.json', { database }),
  ];
  await run(tap, { output: input });
  isRecorded();
  const paths = (await playback.control('paths')) as string[];
  const origin = playback.url.replace(/\/v3$/, '');
  const list = writeJson(
    folder,
    'urls.json',
    paths.map((path) => `${origin}${path}`),
  );
  const anew = (): void => {
    for (const tail of ['', '-wal', '-shm']) rmSync(`${database}${tail}`, { force: true });
  };
  const took = await interleave(
    {
      floor: () => run([join(import.meta.dirname, 'discard.ts'), list]),
      tap: () => run(tap, { output }),
      target: () => (anew(), run(target, { input })),
      pair: () => (anew(), runPipe(tap, target)),
    },
    rounds,
  );
  rmSync(folder, { recursive: true });
  return took;
}

async function tapArguments(playback: Server, folder: string): Promise<string[]> {
  const config = writeJson(folder, 'tap.json', tapSettings(playback));
  const catalog = await selectStreams(folder, STREAMS);
  return [binOf('tap-exactsales'), '--config', config, '--catalog', catalog];
}
