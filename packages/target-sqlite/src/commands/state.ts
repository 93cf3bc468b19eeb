import { print } from '@exact-spotter/singer';
import { readDatabase } from '../database/connection.ts';
import { readStateText } from '../database/bookkeeping.ts';
import type { TargetSettings } from '../settings.ts';

/** Prints the last committed state as one line of JSON; `{}` if there is none. */
export async function printState({ database, state_id: stateId }: TargetSettings): Promise<void> {
  const text = readDatabase(database, (db) => readStateText(db, stateId)) ?? '{}';
  // In JSON text, line ends can only be between tokens.
  await print(`${text.replaceAll(/[\r\n]+/g, ' ')}\n`);
}
