import type { Db } from '../database/sqlite.ts';

/** An invalid record. */
export interface RejectedRecord {
  readonly stream: string;
  readonly line: number;
  /** Never contains the record's values. */
  readonly reason: string;
  /** The record as a Singer message on one line. */
  readonly message: string;
  /**
   * The SCHEMA line of the record's stream. Set only if `message` is the record as the tap sent it,
   * before stream maps.
   */
  readonly source?: string;
}

/** A record in `_singer_quarantine`. */
export interface QuarantinedRecord {
  readonly id: number;
  readonly run: number;
  readonly stream: string;
  readonly line: number;
  readonly reason: string;
  /** The record as a Singer message on one line. */
  readonly message: string;
  readonly at: string;
  /** The number of its SCHEMA line in `_singer_sources`; null if `message` is the mapped record. */
  readonly source?: number | null;
}

/** @returns a function that quarantines a record in the open transaction */
export function quarantineWriter(db: Db, run: number): (rejected: RejectedRecord) => void {
  const insert = db.prepare(
    `INSERT INTO _singer_quarantine (run, stream, line, reason, message, at, source)
     VALUES (?, ?, ?, ?, ?, ?, (SELECT source FROM _singer_sources WHERE message = ?))`,
  );
  const insertSource = db.prepare(
    'INSERT INTO _singer_sources (stream, message) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  return ({ stream, line, reason, message, source }) => {
    if (source !== undefined) insertSource.run(stream, source);
    const at = new Date().toISOString();
    insert.run(run, stream, line, reason.toWellFormed(), message, at, source ?? null);
  };
}

/** Selects the records of one `state_id`, since records with a different `state_id` belong to different tables. */
const OF_STATE_ID = `FROM _singer_quarantine AS record WHERE EXISTS
  (SELECT 1 FROM _singer_runs AS runs WHERE runs.run = record.run AND runs.state_id = ?)`;

export function quarantinedRecords(db: Db, stateId: string): IterableIterator<QuarantinedRecord> {
  return db
    .prepare<[string], QuarantinedRecord>(`SELECT * ${OF_STATE_ID} ORDER BY id`)
    .iterate(stateId);
}

/** Reads a SCHEMA line from `_singer_sources`, as the tap sent it. */
export function quarantinedSource(db: Db, source: number): string | undefined {
  return db
    .prepare<[number], string>('SELECT message FROM _singer_sources WHERE source = ?')
    .pluck()
    .get(source);
}

export function quarantinedIds(db: Db, stateId: string): number[] {
  return db.prepare<[string], number>(`SELECT id ${OF_STATE_ID} ORDER BY id`).pluck().all(stateId);
}

export function quarantinedRecord(db: Db, id: number): QuarantinedRecord | undefined {
  return db
    .prepare<[number], QuarantinedRecord>('SELECT * FROM _singer_quarantine WHERE id = ?')
    .get(id);
}

/** Removes a record from the quarantine, and its SCHEMA line if no other record refers to it. */
export function releaseRecord(db: Db, id: number): void {
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
