import type { Refused } from '../run-books.ts';
import type { Db } from './sqlite.ts';

/** A record that was kept aside. */
export interface Kept {
  readonly id: number;
  readonly run: number;
  readonly stream: string;
  readonly line: number;
  readonly reason: string;
  /** The record as a Singer line. */
  readonly message: string;
  readonly at: string;
  /** Its number in `_singer_sources`, where it is as its tap sent it; null where it was mapped. */
  readonly source?: number | null;
}

/** To be called inside the transaction of the rows around the record. */
export function quarantineWriter(db: Db, run: number): (refused: Refused) => void {
  const keep = db.prepare(
    `INSERT INTO _singer_quarantine (run, stream, line, reason, message, at, source)
     VALUES (?, ?, ?, ?, ?, ?, (SELECT source FROM _singer_sources WHERE message = ?))`,
  );
  const keepSource = db.prepare(
    'INSERT INTO _singer_sources (stream, message) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  return ({ stream, line, reason, message, source }) => {
    if (source !== undefined) keepSource.run(stream, source);
    const at = new Date().toISOString();
    keep.run(run, stream, line, reason.toWellFormed(), message, at, source ?? null);
  };
}

/** Only those of one pipe: another's records belong to other tables. */
const OF_PIPE = `FROM _singer_quarantine AS kept WHERE EXISTS
  (SELECT 1 FROM _singer_runs AS runs WHERE runs.run = kept.run AND runs.state_id = ?)`;

export function keptRecords(db: Db, stateId: string): IterableIterator<Kept> {
  return db.prepare<[string], Kept>(`SELECT * ${OF_PIPE} ORDER BY id`).iterate(stateId);
}

/** The SCHEMA line of a stream as its tap sent it. */
export function keptSource(db: Db, source: number): string | undefined {
  return db
    .prepare<[number], string>('SELECT message FROM _singer_sources WHERE source = ?')
    .pluck()
    .get(source);
}

export function keptIds(db: Db, stateId: string): number[] {
  return db.prepare<[string], number>(`SELECT id ${OF_PIPE} ORDER BY id`).pluck().all(stateId);
}

export function keptRecord(db: Db, id: number): Kept | undefined {
  return db.prepare<[number], Kept>('SELECT * FROM _singer_quarantine WHERE id = ?').get(id);
}

/**
 * Lets go of a record that was taken after all, and of its source where it was the last of it; to be
 * called inside the record's transaction.
 */
export function release(db: Db, id: number): void {
  const source = db
    .prepare<[number], number | null>(
      'DELETE FROM _singer_quarantine WHERE id = ? RETURNING source',
    )
    .pluck()
    .get(id);
  if (typeof source !== 'number') return;
  db.prepare(
    `DELETE FROM _singer_sources WHERE source = ?
     AND NOT EXISTS (SELECT 1 FROM _singer_quarantine WHERE source = ?)`,
  ).run(source, source);
}
