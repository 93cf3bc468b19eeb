import {
  log,
  stdoutOutput,
  terminationSignal,
  type Message,
  type SchemaMessage,
} from '@exact-spotter/singer';
import {
  quarantinedIds,
  quarantinedRecord,
  releaseRecord,
  type QuarantinedRecord,
} from '../bookkeeping/quarantine.ts';
import { knownStreams, notedName } from '../bookkeeping/streams.ts';
import { readDatabase } from '../database/connection.ts';
import { hasNewerRow } from '../database/rows.ts';
import { openParser, type MessageLine, type UnmappedLine } from '../input/line-parser.ts';
import { SourcedRecord } from '../record/source.ts';
import type { Session } from '../session/session.ts';
import { withSession } from '../session/with-session.ts';
import type { TargetSettings } from '../settings.ts';
import { ChangedKeys, QuarantinedLines } from './quarantined-lines.ts';
import { EMPTY_QUARANTINE } from './show.ts';

/**
 * Loads the quarantined records again. If the stream maps failed on a record, applies the current
 * maps to the record; otherwise, uses the last schema of its stream. Records that are still invalid
 * are quarantined again. A record is dropped if a later record with the same key has been loaded
 * since.
 */
export async function replayQuarantine(settings: TargetSettings): Promise<void> {
  const ids = readDatabase(settings.database, (db) => quarantinedIds(db, settings.state_id)) ?? [];
  if (ids.length === 0) {
    log.info(EMPTY_QUARANTINE);
    return;
  }
  const parser = await openParser(settings);
  const replaySettings: TargetSettings = {
    ...settings,
    load_method: settings.load_method === 'overwrite' ? 'upsert' : settings.load_method,
    on_invalid_record: 'quarantine',
  };
  const options = {
    output: stdoutOutput(),
    stop: terminationSignal(),
    parser,
    batchFolders: [],
    keepsChildren: true,
  };
  await withSession(replaySettings, options, async (session) => {
    const lines = new QuarantinedLines(session.db, parser);
    const changedKeys = new ChangedKeys(session.db, settings.table_prefix);
    let [overtaken, left] = [0, 0];
    for (const id of ids) {
      const quarantined = quarantinedRecord(session.db, id);
      if (!quarantined) continue;
      const loaded = [...lines.of(quarantined)];
      const stays = typeof quarantined.source === 'number' && changedKeys.affect(loaded);
      for (const line of loaded) {
        const { message } = line;
        if (stays && (message.type !== 'SCHEMA' || changedKeys.has(message.stream))) continue;
        await declare(session, message, settings.table_prefix);
        const isDone = await session.inTransaction(() => {
          if (!isOvertaken(session, line, quarantined)) return session.handle(message, line);
          overtaken += 1;
          return undefined;
        });
        if (!isDone) return;
      }
      const isDone = await session.inTransaction(() => {
        if (stays) left += 1;
        else releaseRecord(session.db, id);
      });
      if (!isDone) return;
    }
    if (left > 0) log.warning(`${OTHER_KEY}: ${left}`);
    if (overtaken > 0)
      log.info(`Records dropped because a later record with the same key was loaded: ${overtaken}`);
  });
}

const OTHER_KEY =
  'Records remain in quarantine because the key of their table has changed (load their stream with the current stream_maps first, or export and fix them)';

/**
 * Declares a record's stream with the stream's last schema if the session does not know the stream
 * yet.
 */
async function declare(session: Session, message: Message, prefix: string): Promise<void> {
  if (message.type !== 'RECORD' || session.registry.find(message.stream)) return;
  const { stream } = message;
  const known = knownStreams(session.db, prefix).find((one) => one.stream === notedName(stream));
  if (!known) return;
  const schema: SchemaMessage = {
    type: 'SCHEMA',
    stream,
    schema: known.schema,
    key_properties: known.key,
  };
  await session.handle(schema, { number: 0, text: JSON.stringify(schema) });
}

function isOvertaken(
  session: Session,
  line: MessageLine | UnmappedLine,
  { at }: QuarantinedRecord,
): boolean {
  const { message } = line;
  if (message.type !== 'RECORD' || 'error' in line) return false;
  const stream = session.registry.find(message.stream);
  const key = stream?.keyOf(new SourcedRecord(message, line));
  return (
    stream !== undefined && key !== undefined && hasNewerRow(session.db, stream.table, key, at)
  );
}
