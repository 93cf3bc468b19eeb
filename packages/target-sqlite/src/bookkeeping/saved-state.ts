import type { Db } from '../database/sqlite.ts';

/** Returns the last committed state as JSON text, exactly as the tap sent it. */
export function readStateText(db: Db, stateId: string): string | undefined {
  const sql = 'SELECT value FROM _singer_state WHERE state_id = ?';
  const value = db.prepare(sql).pluck().get(stateId);
  return typeof value === 'string' ? value : undefined;
}

export interface StateRow {
  readonly stateId: string;
  readonly run: number;
}

/**
 * @returns a function that saves a state in the same transaction as the rows that the state covers
 */
export function stateWriter(db: Db, { stateId, run }: StateRow): (value: string) => void {
  const statement = db.prepare(
    `INSERT INTO _singer_state (state_id, value, run, updated_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (state_id) DO UPDATE SET value = excluded.value, run = excluded.run,
     updated_at = excluded.updated_at`,
  );
  return (value) => {
    statement.run(stateId, value, run, new Date().toISOString());
  };
}
