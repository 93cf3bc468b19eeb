import {
  log,
  parseMessage,
  stdoutOutput,
  terminationSignal,
  type Message,
  type RecordMessage,
  type SchemaMessage,
} from '@exact-spotter/singer';
import { RecordFault } from '../check.ts';
import { readDatabase } from '../database/connection.ts';
import { knownStreams } from '../database/name-map.ts';
import { keptIds, keptRecord, release } from '../database/quarantine.ts';
import { wasOvertaken } from '../database/rows.ts';
import { openRun } from '../open-run.ts';
import type { TargetSettings } from '../program.ts';
import type { Run } from '../run.ts';
import { Misfit } from '../stream.ts';
import type { Target } from '../target.ts';

/**
 * Loads the records that were kept aside once more, by the last schema of their stream. What still
 * may not stand is kept aside again; what a later record of the same key has overtaken is let go.
 */
export async function replayQuarantine(settings: TargetSettings): Promise<void> {
  const ids = readDatabase(settings.database, keptIds) ?? [];
  if (ids.length === 0) {
    log.info('No records are kept aside.');
    return;
  }
  const run = await openRun(
    {
      ...settings,
      load_method: settings.load_method === 'overwrite' ? 'upsert' : settings.load_method,
      on_invalid_record: 'quarantine',
    },
    { output: stdoutOutput(), stop: terminationSignal(), replacesChildren: false },
  );
  await run?.walk(async (target) => {
    let overtaken = 0;
    for (const id of ids) {
      const kept = keptRecord(run.db, id);
      if (!kept) continue;
      const message = parseMessage({ number: kept.line, text: kept.message });
      if (message.type !== 'RECORD') continue;
      if (!(await declared(run, target, message, settings.table_prefix))) return;
      if (!(await isReady(run, message))) return;
      if (isOvertaken(run, message, kept.at)) overtaken += 1;
      else target.load(message, { number: kept.line, text: kept.message });
      release(run.db, id);
    }
    if (overtaken > 0) log.info(`Records that later ones had overtaken: ${overtaken}`);
  });
}

async function isReady(run: Run, message: Message): Promise<boolean> {
  return run.isReadyFor(message) || run.makeReady(message);
}

/** Declares the stream of a record as it was declared last. @returns false when the run is to stop */
async function declared(
  run: Run,
  target: Target,
  { stream }: RecordMessage,
  prefix: string,
): Promise<boolean> {
  if (run.streams.find(stream)) return true;
  const known = knownStreams(run.db, prefix).find((one) => one.stream === stream.toWellFormed());
  if (!known) return true;
  const schema: SchemaMessage = {
    type: 'SCHEMA',
    stream,
    schema: known.schema,
    key_properties: known.key,
  };
  if (!(await isReady(run, schema))) return false;
  target.load(schema, { number: 0, text: JSON.stringify(schema) });
  return true;
}

function isOvertaken(run: Run, { stream: name, record }: RecordMessage, keptAt: string): boolean {
  const stream = run.streams.find(name);
  if (!stream) return false;
  try {
    return wasOvertaken(run.db, stream.table, stream.values(record, stream.table.key), keptAt);
  } catch (error) {
    // A key that is bad, or does not fit its column yet, is that of no row.
    if (error instanceof RecordFault || error instanceof Misfit) return false;
    throw error;
  }
}
