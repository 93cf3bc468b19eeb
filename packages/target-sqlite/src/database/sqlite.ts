import Database from 'better-sqlite3';

/** This is the only module that imports the driver. */
export type Db = Database.Database;
export const { SqliteError } = Database;
export type SqliteError = InstanceType<typeof SqliteError>;

/** A value that can be bound to a parameter. */
export type Bindable = string | number | bigint | null;

interface OpenOptions {
  /** How many milliseconds the driver waits for a lock. The program is blocked in the meantime. */
  readonly timeout: number;
  /** True if the file must exist. */
  readonly mustExist?: boolean;
}

/** Opens a database file for writing or, if the file is read-only, for reading. */
export function openFile(path: string, { timeout, mustExist = false }: OpenOptions): Db {
  return new Database(path, { timeout, fileMustExist: mustExist });
}
