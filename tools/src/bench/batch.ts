import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Server } from './api.ts';
import type { Figure } from './figure.ts';
import { interleave } from './interleave.ts';
import { binOf, newFolder, runPipe, writeJson } from './programs.ts';
import { recordAccount, tapArguments } from './recorded-account.ts';

const LEADS = 100_000;

/** The two programs with rows in files that BATCH messages name, against the same in lines. */
export const batch: Figure = {
  name: 'batch',
  async measure(isFull) {
    const folder = newFolder();
    const { server } = await recordAccount(folder, LEADS);
    try {
      const took = await interleave(
        {
          lines: await pair(server, folder, 'lines'),
          gzip: await pair(server, folder, 'gzip'),
          none: await pair(server, folder, 'none'),
        },
        isFull ? 7 : 3,
      );
      const seconds = (name: keyof typeof took): string => (took[name] / 1000).toFixed(1);
      return (['gzip', 'none'] as const).map((compression) => ({
        what: `tap | target by BATCH (${compression}) ÷ by RECORD, ${LEADS} leads`,
        value: took[compression] / took.lines,
        unit: '×',
        detail: `files ${seconds(compression)} s, lines ${seconds('lines')} s`,
      }));
    } finally {
      server.stop();
      rmSync(folder, { recursive: true });
    }
  },
};

/** Both programs, from nothing: neither a database nor files are there. */
async function pair(
  server: Server,
  folder: string,
  rowsIn: 'lines' | 'gzip' | 'none',
): Promise<() => Promise<number>> {
  const [database, batches] = [join(folder, 'exact.sqlite'), join(folder, 'batches')];
  const encoding = { format: 'jsonl', compression: rowsIn };
  const storage = { root: pathToFileURL(batches).href };
  const settings = rowsIn === 'lines' ? {} : { batch_config: { encoding, storage } };
  const tap = await tapArguments(server, folder, rowsIn, settings);
  const config = writeJson(folder, 'target.json', { database });
  return () => {
    for (const tail of ['', '-wal', '-shm']) rmSync(`${database}${tail}`, { force: true });
    rmSync(batches, { recursive: true, force: true });
    return runPipe(tap, [binOf('target-sqlite'), '--config', config]);
  };
}
