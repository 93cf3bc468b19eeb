import type { Output } from '@exact-spotter/singer';
import { read } from './input/pieces.ts';
import { openParser } from './input/line-parser.ts';
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
 * Loads the input in these steps, from bytes to committed rows: open, read, parse, handle,
 * acknowledge, finish. `session.handleAll` checks, binds and inserts a record in one pass (see
 * `stream/stream-writer.ts`).
 * @throws InputError, DatabaseError; SettingsError for invalid stream maps
 */
export async function load(settings: TargetSettings, options: LoadOptions): Promise<void> {
  const { input, stop } = options;
  const parser = await openParser(settings);
  await withSession(settings, { ...options, parser }, async (session) => {
    for await (const { lines, bytes, isSilence } of read(input, settings.max_line_bytes, stop)) {
      session.received(bytes);
      await session.handleAll(parser.parse(lines));
      await session.acknowledge(isSilence);
    }
    parser.reportUnmatched();
  });
}
