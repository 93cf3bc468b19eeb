import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasBookkeeping, refuseNewer } from '../bookkeeping/layout.ts';
import { asDatabaseError, DatabaseError } from './errors.ts';
import { databaseExists, databasePath, refuseNetwork } from './file-path.ts';
import { openFile, type Db } from './sqlite.ts';

/** SQLite's page cache, in KiB. */
const CACHE_KIB = 32_768;
/**
 * How many milliseconds a reader waits for the database. A waiting reader does not block other
 * programs.
 */
const READ_TIMEOUT = 5000;
/**
 * How many milliseconds the driver waits. `whenFree` waits longer, and handles signals between its
 * attempts.
 */
const WRITE_TIMEOUT = 100;

/**
 * Opens the database for writing. Creates the file and the last folder of its path if they do not
 * exist.
 * @throws DatabaseError; SettingsError if the setting is not a valid file path
 */
export function openToWrite(database: string): Db {
  const path = databasePath(database);
  databaseExists(path);
  createFolder(dirname(path));
  refuseNetwork(path);
  return opened(path, () => {
    const db = openFile(path, { timeout: WRITE_TIMEOUT });
    // The page size can only be set before the first page is written.
    db.pragma('page_size = 16384');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma(`cache_size = -${CACHE_KIB}`);
    // Foreign keys are declared only as documentation; they are not enforced, because sources leave
    // gaps.
    db.pragma('foreign_keys = OFF');
    // A rebuilt table is renamed to the name of the old table. The rename must not change views and
    // triggers that use this name.
    db.pragma('legacy_alter_table = ON');
    return db;
  });
}

/**
 * Opens the file read-write if permitted, so that SQLite can recover it after a crash and remove the
 * -wal and -shm files on close. `query_only` prevents changes.
 */
function openToRead(database: string): Db | undefined {
  const path = databasePath(database);
  if (!databaseExists(path)) return undefined;
  return opened(path, () => {
    const db = openFile(path, { timeout: READ_TIMEOUT, mustExist: true });
    db.pragma('query_only = ON');
    return db;
  });
}

/**
 * Reads from the database.
 * @returns undefined if it does not exist or the target never wrote to it
 * @throws DatabaseError
 */
export function readDatabase<T>(database: string, read: (db: Db) => T): T | undefined {
  const db = openToRead(database);
  if (!db) return undefined;
  try {
    refuseNewer(db);
    return hasBookkeeping(db) ? read(db) : undefined;
  } catch (error) {
    throw asDatabaseError(error, db.name);
  } finally {
    db.close();
  }
}

function opened(path: string, open: () => Db): Db {
  try {
    return open();
  } catch (error) {
    throw asDatabaseError(error, path);
  }
}

function createFolder(folder: string): void {
  if (existsSync(folder)) return;
  if (!existsSync(dirname(folder))) {
    throw new DatabaseError(
      `The folder ${folder} for the database does not exist, nor does its parent: create it, or fix the path.`,
    );
  }
  try {
    mkdirSync(folder);
  } catch (cause) {
    throw new DatabaseError(
      `The folder ${folder} for the database cannot be created: check the permissions of its parent.`,
      { cause },
    );
  }
}

/** Copies the committed changes from the write-ahead log into the file, then closes the database. */
export function closeWritten(db: Db): void {
  try {
    // Closing the database also copies the changes, but reports no disk errors.
    if (!db.inTransaction) db.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    throw asDatabaseError(error, db.name);
  } finally {
    db.close();
  }
}
