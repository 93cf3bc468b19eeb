import { closeSync, openSync, writeSync } from 'node:fs';
import { log, ProgramError, schemaLine, SettingsError } from '@exact-spotter/singer';
import { quarantinedRecords, quarantinedSource } from '../bookkeeping/quarantine.ts';
import { knownStreams } from '../bookkeeping/streams.ts';
import { readDatabase } from '../database/connection.ts';
import { isDatabaseFile } from '../database/file-path.ts';
import type { Db } from '../database/sqlite.ts';
import type { TargetSettings } from '../settings.ts';
import { EMPTY_QUARANTINE } from './show.ts';

/** Writes the quarantined records to a file, each after its stream's SCHEMA, so that any target can load them. */
export function exportQuarantine(settings: TargetSettings, file: string): void {
  if (isDatabaseFile(file, settings.database)) {
    throw new SettingsError([`The file ${file} is the database itself: name another file.`]);
  }
  const descriptor = opened(file);
  let count = 0;
  try {
    readDatabase(settings.database, (db) => {
      for (const line of exportLines(db, settings)) {
        count += 1;
        write(descriptor, line, file);
      }
    });
  } finally {
    closeSync(descriptor);
  }
  if (count === 0) log.info(EMPTY_QUARANTINE);
}

/** Writes in a loop, because a pipe may accept only a part of a long line at a time. */
function write(descriptor: number, line: string, file: string): void {
  try {
    for (let rest = Buffer.from(line); rest.length > 0;)
      rest = rest.subarray(writeSync(descriptor, rest));
  } catch (cause) {
    throw new ProgramError(
      `The file ${file} cannot be written: check that the disk is not full. The records remain in the database.`,
      { cause },
    );
  }
}

/** Creates the file so that only the user may read it, because it contains whole records. */
function opened(file: string): number {
  try {
    return openSync(file, 'w', 0o600);
  } catch (cause) {
    throw new ProgramError(
      `The file ${file} cannot be written: check the path and the permissions.`,
      { cause },
    );
  }
}

function* exportLines(db: Db, settings: TargetSettings): Generator<string> {
  // The source stream and the mapped stream may have the same name but different schemas.
  const declared = new Map<string, number | null>();
  const known = new Map(
    knownStreams(db, settings.table_prefix).map((stream) => [stream.stream, stream]),
  );
  for (const { stream, message, source = null } of quarantinedRecords(db, settings.state_id)) {
    if (declared.get(stream) !== source) {
      const sent = source === null ? undefined : quarantinedSource(db, source);
      const schema = known.get(stream);
      if (sent !== undefined) yield `${sent}\n`;
      else if (schema) yield schemaLine(stream, schema.schema, schema.key);
    }
    declared.set(stream, source);
    yield `${message}\n`;
  }
}
