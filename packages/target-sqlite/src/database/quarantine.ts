import type { Db } from './sqlite.ts';

/** A record that was kept aside. */
export interface Kept {
  readonly id: number;
  readonly stream: string;
  readonly line: number;
  readonly reason: string;
  /** The record as a Singer line. */
  readonly message: string;
  readonly at: string;
}

/** To be called inside the transaction of the rows around the record. */
export function quarantineWriter(db: Db, run: number): (kept: Omit<Kept, 'id' | 'at'>) => void {
  const statement = db.prepare(
    `INSERT INTO _singer_quarantine (run, stream, line, reason, message, at)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  return ({ stream, line, reason, message }) => {
    statement.run(run, stream, line, reason.toWellFormed(), message, new Date().toISOString());
  };
}

export function keptRecords(db: Db): IterableIterator<Kept> {
  return db
    .prepare<[], Kept>(
      'SELECT id, stream, line, reason, message, at FROM _singer_quarantine ORDER BY id',
    )
    .iterate();
}

export function keptIds(db: Db): number[] {
  return db.prepare<[], number>('SELECT id FROM _singer_quarantine ORDER BY id').pluck().all();
}

export function keptRecord(db: Db, id: number): Kept | undefined {
  return db
    .prepare<[number], Kept>(
      'SELECT id, stream, line, reason, message, at FROM _singer_quarantine WHERE id = ?',
    )
    .get(id);
}

/** Lets go of records that were taken after all; to be called inside their transaction. */
export function release(db: Db, id: number): void {
  db.prepare('DELETE FROM _singer_quarantine WHERE id = ?').run(id);
}
