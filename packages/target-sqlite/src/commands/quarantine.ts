import { closeSync, openSync, writeSync } from 'node:fs';
import { print, ProgramError, schemaLine } from '@exact-spotter/singer';
import { readDatabase } from '../database/connection.ts';
import { knownStreams } from '../database/name-map.ts';
import { keptRecords, keptSource, type Kept } from '../database/quarantine.ts';
import type { Db } from '../database/sqlite.ts';
import type { TargetSettings } from '../program.ts';

/** Prints one line a record: number, time, stream, line, reason. Never its values. */
export async function listQuarantine({ database }: TargetSettings): Promise<void> {
  const text = readDatabase(database, (db) => [...keptRecords(db)].map(sentence).join(''));
  await print(text ?? '');
}

function sentence({ id, at, stream, line, reason }: Kept): string {
  return `${id}  ${at}  ${stream}  line ${line}  ${reason}\n`;
}

/** Writes the records to a file, each stream's SCHEMA in front: any target can read them. */
export function exportQuarantine(settings: TargetSettings, file: string): void {
  const descriptor = opened(file);
  try {
    readDatabase(settings.database, (db) => {
      for (const line of exportLines(db, settings.table_prefix)) writeSync(descriptor, line);
    });
  } finally {
    closeSync(descriptor);
  }
}

function opened(file: string): number {
  try {
    return openSync(file, 'w');
  } catch (cause) {
    throw new ProgramError(
      `The file ${file} cannot be written: check the path and the permissions.`,
      { cause },
    );
  }
}

function* exportLines(db: Db, prefix: string): Generator<string> {
  // Before the maps and behind them a stream may have one name and two forms.
  const declared = new Map<string, number | null>();
  const known = new Map(knownStreams(db, prefix).map((stream) => [stream.stream, stream]));
  for (const { stream, message, source = null } of keptRecords(db)) {
    if (declared.get(stream) !== source) {
      const sent = source === null ? undefined : keptSource(db, source);
      const schema = known.get(stream);
      if (sent !== undefined) yield `${sent}\n`;
      else if (schema) yield schemaLine(stream, schema.schema, schema.key);
    }
    declared.set(stream, source);
    yield `${message}\n`;
  }
}
