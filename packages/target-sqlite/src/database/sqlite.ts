import Database from 'better-sqlite3';

/** The driver. What other files need of it comes from here. */
export type Db = Database.Database;
export const { SqliteError } = Database;
export type SqliteError = InstanceType<typeof SqliteError>;

/** What can be bound to a parameter. */
export type Bindable = string | number | bigint | null;

/** @param timeout milliseconds that the driver itself waits for a lock, blocking the program */
export function openFile(path: string, options: { readonly?: boolean; timeout: number }): Db {
  return new Database(path, { ...options, fileMustExist: options.readonly === true });
}
