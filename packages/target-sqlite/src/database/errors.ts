import { ProgramError } from '@exact-spotter/singer';
import { SqliteError } from './sqlite.ts';

/**
 * Thrown if the database cannot be used or written. No STATE that covers the failed rows was
 * printed.
 */
export class DatabaseError extends ProgramError {
  override readonly name = 'DatabaseError';
}

/** SQLite's error codes as sentences for users; `{path}` is the file. */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [
    /^SQLITE_(?:BUSY|LOCKED)/,
    'Another program is writing to the database {path}: wait for it to finish, or close that program.',
  ],
  [
    /^SQLITE_(?:FULL|IOERR_WRITE|IOERR_SHMSIZE)/,
    'The disk that holds the database {path} is full, or a file size limit was reached: free some space and start again; everything up to the last printed STATE is stored.',
  ],
  [
    /^SQLITE_READONLY_(?:CANTINIT|DIRECTORY|RECOVERY|ROLLBACK)/,
    'The folder of the database {path} is not writable, but SQLite must create files in it: make the folder writable, or use a copy of the database in a writable folder.',
  ],
  [
    /^SQLITE_(?:READONLY|PERM)/,
    'The database {path} is not writable: check the permissions of the file and of its folder.',
  ],
  [/^SQLITE_NOTADB/, 'The file {path} is not a SQLite database: name another file.'],
  [
    /^SQLITE_CORRUPT/,
    'The database {path} is damaged: restore it from a backup, or name another file and load again.',
  ],
  [
    /^SQLITE_CANTOPEN/,
    'The database {path} cannot be opened: check the permissions of the file and of its folder and, if the file is a link, the target of the link.',
  ],
  [
    /^SQLITE_IOERR/,
    'The disk that holds the database {path} reported an error on a read or write: check the disk and start again.',
  ],
];

/**
 * The error codes for constraint violations. The target did not create these constraints, and
 * SQLite's messages about them contain no values.
 */
const CONSTRAINTS = /^SQLITE_CONSTRAINT_(?:UNIQUE|NOTNULL|CHECK|PRIMARYKEY)$/;

/** Turns an error from SQLite into a DatabaseError, and returns any other error unchanged. */
export function asDatabaseError(error: unknown, path: string): unknown {
  if (!(error instanceof SqliteError)) return error;
  if (CONSTRAINTS.test(error.code)) {
    const constraint = error.message.toWellFormed();
    return new DatabaseError(
      `A row violates a constraint in the database ${path} (${constraint}): drop the constraint, which the target did not create, and start again.`,
      { cause: error },
    );
  }
  const known = SENTENCES.find(([code]) => code.test(error.code))?.[1];
  const sentence =
    known ??
    'SQLite could not complete an operation on the database {path} ({code}): please report this error.';
  return new DatabaseError(
    `${sentence.replace('{path}', path).replace('{code}', error.code)}${detail(error, known)}`,
    { cause: error },
  );
}

/** Returns the error code for disk errors, e.g. `SQLITE_IOERR_FSYNC`. */
function detail({ code }: SqliteError, known: string | undefined): string {
  return known?.startsWith('The disk') ? ` (${code})` : '';
}

export function isBusy(error: unknown): boolean {
  return error instanceof SqliteError && /^SQLITE_(?:BUSY|LOCKED)/.test(error.code);
}
