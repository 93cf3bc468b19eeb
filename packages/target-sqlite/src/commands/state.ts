import { print } from '@exact-spotter/singer';
import { readDatabase } from '../database/connection.ts';
import { readStateText } from '../database/bookkeeping.ts';
import type { TargetSettings } from '../settings.ts';

/** Prints the last committed state as one JSON line; `{}` where there is none. */
export async function printState({ database, state_id: stateId }: TargetSettings): Promise<void> {
  const text = readDatabase(database, (db) => readStateText(db, stateId)) ?? '{}';
  // A line end inside JSON text can only stand between its parts.
  await print(`${text.replaceAll(/[\r\n]+/g, ' ')}\n`);
}
