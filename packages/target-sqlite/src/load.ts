import { parseMessage as parse, type Output } from '@exact-spotter/singer';
import { read } from './input/pieces.ts';
import { openMaps } from './input/mapped-lines.ts';
import { withSession } from './session/with-session.ts';
import type { TargetSettings } from './settings.ts';

export interface LoadOptions {
  readonly input: AsyncIterable<Uint8Array>;
  /** The folders that may contain BATCH files. */
  readonly batchFolders: readonly string[];
  readonly output: Output;
  /** Ends the load early: everything up to the last STATE is kept. */
  readonly stop: AbortSignal;
}

/**
 * Loads the input in these steps, from bytes to committed rows: read, parse, map, check, bind, load, acknowledge.
 * `session.handle` checks, binds and loads a record in one pass, see `stream/stream-writer.ts`.
 * @throws InputError, DatabaseError; SettingsError for invalid stream maps
 */
export async function load(settings: TargetSettings, options: LoadOptions): Promise<void> {
  const { input, stop } = options;
  const maps = await openMaps(settings);
  // Append-only tables are a history, so the children of earlier versions of a row are kept.
  const replacesChildren = settings.load_method !== 'append-only';
  await withSession(settings, { ...options, maps, replacesChildren }, async (session) => {
    for await (const { lines, bytes, isSilence } of read(input, settings.max_line_bytes, stop)) {
      session.received(bytes);
      for (const line of maps?.lines(lines) ?? lines) {
        const message = 'message' in line ? line.message : parse(line);
        const waiting = session.handle(message, line);
        if (waiting) await waiting;
      }
      await session.acknowledge(isSilence);
    }
    maps?.reportUnmatched();
  });
}
