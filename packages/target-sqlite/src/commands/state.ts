import { print } from '@exact-spotter/singer';
import { openToRead } from '../database/connection.ts';
import { refuseNewer } from '../database/bookkeeping.ts';
import { readStateText } from '../database/state.ts';
import type { TargetSettings } from '../program.ts';

/** Prints the last committed state as one JSON line; `{}` where there is none. */
export async function printState({ database, state_id: stateId }: TargetSettings): Promise<void> {
  const db = openToRead(database);
  if (db) refuseNewer(db);
  const text = db && readStateText(db, stateId);
  db?.close();
  // A line end inside the JSON text could only stand between its parts.
  await print(`${(text ?? '{}').replaceAll(/[\r\n]+/g, ' ')}\n`);
}
