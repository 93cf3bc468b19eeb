import Database from 'better-sqlite3';

/** The driver. What other files need of it comes from here. */
export type Db = Database.Database;
export const { SqliteError } = Database;
export type SqliteError = InstanceType<typeof SqliteError>;

/** What can be bound to a parameter. */
export type Bindable = string | number | bigint | null;

interface OpenOptions {
  /** Milliseconds that the driver itself waits for a lock, blocking the program. */
  readonly timeout: number;
  /** True where the file must be there. */
  readonly isOld?: boolean;
}

/** Opens a file to write; only to read where the system does not let it be written. */
export function openFile(path: string, { timeout, isOld = false }: OpenOptions): Db {
  return new Database(path, { timeout, fileMustExist: isOld });
}
