import {
  log,
  stdoutOutput,
  terminationSignal,
  type Line,
  type Message,
  type SchemaMessage,
} from '@exact-spotter/singer';
import { ChangedKeys } from '../changed-keys.ts';
import { RecordFault } from '../check.ts';
import { readDatabase } from '../database/connection.ts';
import { knownStreams } from '../database/name-map.ts';
import { keptIds, keptRecord, release } from '../database/quarantine.ts';
import { wasOvertaken } from '../database/rows.ts';
import { openMaps } from '../map.ts';
import { notedName } from '../names.ts';
import { openRun } from '../open-run.ts';
import type { TargetSettings } from '../program.ts';
import type { Run } from '../run.ts';
import { Misfit } from '../stream.ts';
import type { Target } from '../target.ts';
import { KeptLines } from '../kept-lines.ts';
import { NOTHING_KEPT } from './quarantine.ts';

/**
 * Loads the records that were kept aside once more, by the last schema of their stream, or, where
 * the stream maps could not take them, through the maps as they are now. What still may not stand
 * is kept aside again; what a later record of the same key has overtaken is let go.
 */
export async function replayQuarantine(settings: TargetSettings): Promise<void> {
  const ids = readDatabase(settings.database, (db) => keptIds(db, settings.state_id)) ?? [];
  if (ids.length === 0) {
    log.info(NOTHING_KEPT);
    return;
  }
  const maps = await openMaps(settings);
  const run = await openRun(
    {
      ...settings,
      load_method: settings.load_method === 'overwrite' ? 'upsert' : settings.load_method,
      on_invalid_record: 'quarantine',
    },
    { output: stdoutOutput(), stop: terminationSignal(), replacesChildren: false },
  );
  await run?.walk(async (target) => {
    const lines = new KeptLines(run.db, maps);
    const changedKeys = new ChangedKeys(run.db, settings.table_prefix);
    let [overtaken, left] = [0, 0];
    for (const id of ids) {
      const kept = keptRecord(run.db, id);
      if (!kept) continue;
      const made = [...lines.of(kept)];
      const stays = typeof kept.source === 'number' && changedKeys.look(made);
      for (const line of made) {
        const { message } = line;
        if (stays && (message.type !== 'SCHEMA' || changedKeys.has(message.stream))) continue;
        if (!(await declared(run, target, message, settings.table_prefix))) return;
        if (!(await isReady(run, message))) return;
        if ('fault' in line) target.unmapped(line);
        else if (isOvertaken(run, message, line, kept.at)) overtaken += 1;
        else target.load(message, line);
      }
      if (!(await run.open())) return;
      if (stays) left += 1;
      else release(run.db, id);
    }
    if (left > 0) log.warning(`${OTHER_KEY}: ${left}`);
    if (overtaken > 0) log.info(`Records that later ones had overtaken: ${overtaken}`);
  });
}

const OTHER_KEY =
  'Records whose schema has another key than their table by now stay kept aside (load their stream by these stream_maps first, or export and mend them)';

async function isReady(run: Run, message: Message): Promise<boolean> {
  return run.isReadyFor(message) || run.makeReady(message);
}

/** Declares the stream of a record as it was declared last. @returns false when the run is to stop */
async function declared(
  run: Run,
  target: Target,
  message: Message,
  prefix: string,
): Promise<boolean> {
  if (message.type !== 'RECORD' || run.streams.find(message.stream)) return true;
  const { stream } = message;
  const known = knownStreams(run.db, prefix).find((one) => one.stream === notedName(stream));
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

function isOvertaken(run: Run, message: Message, line: Line, keptAt: string): boolean {
  if (message.type !== 'RECORD') return false;
  const { stream: name, record } = message;
  const stream = run.streams.find(name);
  if (!stream) return false;
  try {
    stream.look(line, false);
    return wasOvertaken(run.db, stream.table, stream.values(record, stream.table.key), keptAt);
  } catch (error) {
    // A key that is bad, or does not fit its column yet, is that of no row.
    if (error instanceof RecordFault || error instanceof Misfit) return false;
    throw error;
  }
}
