import { DatabaseError } from '../database/errors.ts';
import type { Db } from '../database/sqlite.ts';

/** The target's own tables. Users see them in every SQLite browser, so their names are readable. */
const TABLES = `
CREATE TABLE IF NOT EXISTS _singer_streams (
  "table" TEXT PRIMARY KEY,
  stream TEXT,
  table_prefix TEXT,
  key_properties TEXT,
  schema TEXT,
  since TEXT
);
CREATE TABLE IF NOT EXISTS _singer_columns (
  stream TEXT,
  property TEXT,
  "table" TEXT,
  "column" TEXT,
  type TEXT,
  since TEXT,
  PRIMARY KEY ("table", "column")
);
CREATE TABLE IF NOT EXISTS _singer_state (
  state_id TEXT PRIMARY KEY,
  value TEXT,
  run INTEGER,
  updated_at TEXT
);
CREATE TABLE IF NOT EXISTS _singer_runs (
  run INTEGER PRIMARY KEY,
  state_id TEXT,
  started_at TEXT,
  ended_at TEXT,
  seconds REAL,
  outcome TEXT,
  reason TEXT,
  rows TEXT,
  bytes INTEGER,
  process INTEGER,
  host TEXT,
  layout INTEGER
);
CREATE TABLE IF NOT EXISTS _singer_quarantine (
  id INTEGER PRIMARY KEY,
  run INTEGER,
  stream TEXT,
  line INTEGER,
  reason TEXT,
  message TEXT,
  at TEXT,
  source INTEGER
);
CREATE TABLE IF NOT EXISTS _singer_sources (
  source INTEGER PRIMARY KEY,
  stream TEXT,
  message TEXT UNIQUE
);
`;

/** The version of the tables above. A database with a later version is refused. */
export const LAYOUT = 2;

/** Creates the bookkeeping tables that are missing. Joins the open transaction. */
export function ensureBookkeeping(db: Db): void {
  refuseNewer(db);
  db.exec(TABLES);
  // Layout 1 lacks this column.
  const columns = db.prepare(`SELECT name FROM pragma_table_info('_singer_quarantine')`).pluck();
  if (!columns.all().includes('source')) {
    db.exec('ALTER TABLE _singer_quarantine ADD COLUMN source INTEGER');
  }
}

export function hasBookkeeping(db: Db): boolean {
  const sql = `SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_singer_runs'`;
  return db.prepare(sql).get() !== undefined;
}

/** @throws DatabaseError if a newer version of the target wrote the database */
export function refuseNewer(db: Db): void {
  if (!hasBookkeeping(db)) return;
  const layout = db.prepare('SELECT max(layout) FROM _singer_runs').pluck().get();
  if (typeof layout === 'number' && layout > LAYOUT) {
    throw new DatabaseError(
      `The database ${db.name} was written by a newer version of target-sqlite: use that version or a later version.`,
    );
  }
}
