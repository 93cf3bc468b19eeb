import type { Db } from './sqlite.ts';

/** The JSON text of the last committed state of a pipe, as it came. */
export function readStateText(db: Db, stateId: string): string | undefined {
  const sql = 'SELECT value FROM _singer_state WHERE state_id = ?';
  const value = db.prepare(sql).pluck().get(stateId);
  return typeof value === 'string' ? value : undefined;
}

export interface StateRow {
  readonly stateId: string;
  readonly run: number;
}

/** To be called inside the transaction that holds what the state covers. */
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
