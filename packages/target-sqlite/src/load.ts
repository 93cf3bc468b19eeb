import { parseMessage as parse, type Output } from '@exact-spotter/singer';
import { loadBatch } from './batch.ts';
import { openMaps } from './map.ts';
import { openRun } from './open-run.ts';
import type { TargetSettings } from './program.ts';
import { read } from './read.ts';

export interface Ends {
  readonly input: AsyncIterable<Uint8Array>;
  /** The folders in which the files of a BATCH may lie. */
  readonly batchFolders: readonly string[];
  readonly output: Output;
  /** Ends the run early: what the last STATE covers is kept. */
  readonly stop: AbortSignal;
}

/**
 * The whole walk from bytes to committed rows: read, parse, map, check, bind, load,
 * acknowledge. The target checks and binds each record in one step, see `stream.ts`.
 * @throws InputError, DatabaseError; SettingsError for stream maps that cannot be
 */
export async function load(settings: TargetSettings, ends: Ends): Promise<void> {
  const { input, output, stop, batchFolders } = ends;
  const maxLineBytes = settings.max_line_bytes;
  // Rows that are only ever appended tell a history: nothing in it is replaced.
  const replacesChildren = settings.load_method !== 'append-only';
  const maps = await openMaps(settings);
  const run = await openRun(settings, { output, stop, replacesChildren });
  await run?.walk(async (target) => {
    for await (const { lines, bytes, isSilence } of read(input, maxLineBytes, stop)) {
      run.received(bytes);
      for (const line of maps?.lines(lines) ?? lines) {
        const message = 'message' in line ? line.message : parse(line);
        if (!(run.isReadyFor(message) || (await run.makeReady(message)))) return;
        if (message.type === 'BATCH') {
          await loadBatch(run, target, message, line, { batchFolders, maxLineBytes, stop, maps });
        } else if ('fault' in line) target.unmapped(line);
        else target.load(message, line);
      }
      await run.acknowledge(isSilence);
    }
    maps?.tell();
  });
}
