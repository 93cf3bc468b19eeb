import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Server } from './tap/api.ts';
import type { Figure } from './figure.ts';
import { interleave } from './interleave.ts';
import { inFolder, removeDatabase, runPipe, targetCommand } from './processes.ts';
import { recordAccount, tapCommand } from './tap/recorded-account.ts';

const LEADS = 100_000;

/** Compares the speed of the pair with BATCH files and with RECORD messages. */
export const batch: Figure = {
  name: 'batch',
  measure: (isFull) =>
    inFolder(async (folder) => {
      const { server } = await recordAccount(folder, LEADS);
      try {
        const times = await interleave(
          {
            lines: await pair(server, folder, 'lines'),
            gzip: await pair(server, folder, 'gzip'),
            none: await pair(server, folder, 'none'),
          },
          isFull ? 7 : 3,
        );
        const seconds = (name: keyof typeof times): string => (times[name] / 1000).toFixed(1);
        return (['gzip', 'none'] as const).map((compression) => ({
          what: `tap | target with BATCH (${compression}) ÷ with RECORD, ${LEADS} leads`,
          value: times[compression] / times.lines,
          unit: '×',
          detail: `files ${seconds(compression)} s, lines ${seconds('lines')} s`,
        }));
      } finally {
        server.stop();
      }
    }),
};

/** @returns a function that runs both programs with a new database and an empty batch folder */
async function pair(
  server: Server,
  folder: string,
  rowsIn: 'lines' | 'gzip' | 'none',
): Promise<() => Promise<number>> {
  const batches = join(folder, 'batches');
  const encoding = { format: 'jsonl', compression: rowsIn };
  const storage = { root: pathToFileURL(batches).href };
  const settings = rowsIn === 'lines' ? {} : { batch_config: { encoding, storage } };
  const tap = await tapCommand(server, folder, rowsIn, settings);
  const target = targetCommand(folder);
  return () => {
    removeDatabase(folder);
    rmSync(batches, { recursive: true, force: true });
    return runPipe(tap, target);
  };
}
