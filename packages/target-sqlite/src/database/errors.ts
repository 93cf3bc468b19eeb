import { ProgramError } from '@exact-spotter/singer';
import { SqliteError } from './sqlite.ts';

/** The database cannot be used or written. No STATE of the failed rows was printed. */
export class DatabaseError extends ProgramError {
  override readonly name = 'DatabaseError';
}

/** SQLite's error codes as sentences for users; `{path}` is the file. */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [
    /^SQLITE_(?:BUSY|LOCKED)/,
    'The database {path} is being written by another program: wait until it is done, or close it.',
  ],
  [
    /^SQLITE_(?:FULL|IOERR_WRITE|IOERR_SHMSIZE)/,
    'The disk that holds the database {path} is full, or a limit on the size of files was reached: free some space and start again; everything up to the last printed STATE is stored.',
  ],
  [
    /^SQLITE_READONLY_(?:CANTINIT|DIRECTORY|RECOVERY|ROLLBACK)/,
    'The folder of the database {path} is not writable, and SQLite needs to create files beside it: make the folder writable, or use a copy elsewhere.',
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
    'The database {path} cannot be opened: check the permissions of the file and of its folder and, if it is a link, its target.',
  ],
  [
    /^SQLITE_IOERR/,
    'The disk that holds the database {path} failed while it was read or written: check the disk and start again.',
  ],
];

/** Constraints that the target did not create. SQLite's messages for these contain names, but no values. */
const CONSTRAINTS = /^SQLITE_CONSTRAINT_(?:UNIQUE|NOTNULL|CHECK|PRIMARYKEY)$/;

/** Turns SQLite's errors into DatabaseErrors. Others are returned as they are. */
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
  const sentence = known ?? 'The database {path} refused a write ({code}): please report this.';
  return new DatabaseError(
    `${sentence.replace('{path}', path).replace('{code}', error.code)}${detail(error, known)}`,
    { cause: error },
  );
}

/** Disk errors show their code, e.g. `SQLITE_IOERR_FSYNC`. */
function detail({ code }: SqliteError, known: string | undefined): string {
  return known?.startsWith('The disk') ? ` (${code})` : '';
}

export function isBusy(error: unknown): boolean {
  return error instanceof SqliteError && /^SQLITE_(?:BUSY|LOCKED)/.test(error.code);
}
