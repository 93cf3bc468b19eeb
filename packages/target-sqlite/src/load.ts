import { parseMessage as parse, type Output } from '@exact-spotter/singer';
import { openRun } from './open-run.ts';
import type { TargetSettings } from './program.ts';
import { read } from './read.ts';

export interface Ends {
  readonly input: AsyncIterable<Uint8Array>;
  readonly output: Output;
  /** Ends the run early: what the last STATE covers is kept. */
  readonly stop: AbortSignal;
}

/**
 * The whole walk from bytes to committed rows: read, parse, check, bind, load, acknowledge. The
 * target checks and binds each record in one step, see `stream.ts`.
 * @throws InputError, DatabaseError
 */
export async function load(settings: TargetSettings, { input, output, stop }: Ends): Promise<void> {
  const run = await openRun(settings, output, stop);
  await run?.walk(async (target) => {
    for await (const lines of read(input, settings.max_line_bytes, stop)) {
      target.received();
      for (const line of lines) {
        const message = parse(line);
        if (!(run.isReady || (await run.begin()))) return;
        target.load(message, line);
      }
      await run.acknowledge(lines.length === 0);
    }
  });
}
