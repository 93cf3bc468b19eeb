import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasBookkeeping, refuseNewer } from './bookkeeping.ts';
import { asDatabaseError, DatabaseError } from './errors.ts';
import { databaseExists, databasePath, refuseNetwork } from './path.ts';
import { openFile, type Db } from './sqlite.ts';

/** Kibibytes of pages that SQLite keeps at hand. */
const CACHE_KIB = 32_768;
/** Milliseconds that a reader waits, who holds nobody up meanwhile. */
const READ_WAIT = 5000;
/** Milliseconds that the driver waits by itself; longer waits leave the program able to answer. */
const OWN_WAIT = 100;

/**
 * Opens the database to write, and makes it where there is none. A missing folder is made too when
 * the one above it is there.
 * @throws DatabaseError with one sentence; SettingsError for what names no file
 */
export function openToWrite(database: string): Db {
  const path = databasePath(database);
  databaseExists(path);
  makeFolder(dirname(path));
  refuseNetwork(path);
  return opened(path, () => {
    const db = openFile(path, { timeout: OWN_WAIT });
    // The size of pages can only be set before the first of them is written.
    db.pragma('page_size = 16384');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma(`cache_size = -${CACHE_KIB}`);
    // References are declared for those who join; the API leaves gaps, so they are not enforced.
    db.pragma('foreign_keys = OFF');
    // A table that is rebuilt takes the old one's name: nothing that names it may be rewritten.
    db.pragma('legacy_alter_table = ON');
    return db;
  });
}

/**
 * A reader may write all the same, where it is let: so it puts right what a killed program has left
 * half written, and takes SQLite's two files beside the database away when it is the last to close.
 */
function openToRead(database: string): Db | undefined {
  const path = databasePath(database);
  if (!databaseExists(path)) return undefined;
  return opened(path, () => {
    const db = openFile(path, { timeout: READ_WAIT, isOld: true });
    db.pragma('query_only = ON');
    return db;
  });
}

/**
 * Reads from the database. @returns nothing where there is none, or none that we keep books in
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

function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  if (!existsSync(dirname(folder))) {
    throw new DatabaseError(
      `The folder ${folder} for the database does not exist, nor does the one above it: make it, or mend the path.`,
    );
  }
  try {
    mkdirSync(folder);
  } catch (cause) {
    throw new DatabaseError(
      `The folder ${folder} for the database cannot be made: check the permissions of the one above it.`,
      { cause },
    );
  }
}

/** Moves what was committed from the log into the file, then closes. */
export function closeWritten(db: Db): void {
  try {
    // Closing does the same but keeps silent about a disk that fails.
    if (!db.inTransaction) db.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    throw asDatabaseError(error, db.name);
  } finally {
    db.close();
  }
}
