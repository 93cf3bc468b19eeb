import { ProgramError } from '@exact-spotter/singer';
import { SqliteError } from './sqlite.ts';

/** The database cannot be used, or did not take what was written. Nothing of it was acknowledged. */
export class DatabaseError extends ProgramError {
  override readonly name = 'DatabaseError';
}

/** What SQLite's codes mean to the person who started the program; `{path}` is the file. */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [
    /^SQLITE_(?:BUSY|LOCKED)/,
    'The database {path} is being written by another program: wait until it is done, or close it.',
  ],
  [
    /^SQLITE_(?:FULL|IOERR_WRITE|IOERR_SHMSIZE)/,
    'The disk under the database {path} is full, or a limit on the size of files was reached: free some space and start again; nothing that was acknowledged is lost.',
  ],
  [
    /^SQLITE_READONLY_(?:CANTINIT|DIRECTORY|RECOVERY|ROLLBACK)/,
    'The database {path} lies where nothing may be written, and SQLite keeps files beside one that it reads or writes: allow writing to the folder, or use a copy elsewhere.',
  ],
  [
    /^SQLITE_(?:READONLY|PERM)/,
    'The database {path} may not be written: check the permissions of the file and of its folder.',
  ],
  [/^SQLITE_NOTADB/, 'The file {path} is no SQLite database: name another file.'],
  [
    /^SQLITE_CORRUPT/,
    'The database {path} is damaged: restore it from a copy, or name another file and load again.',
  ],
  [
    /^SQLITE_CANTOPEN/,
    'The database {path} cannot be opened: check the permissions of the file and of its folder, and where it leads when it is a link.',
  ],
  [
    /^SQLITE_IOERR/,
    'The disk under the database {path} failed while it was read or written: check the disk and start again.',
  ],
];

/** Rules that somebody put on a table; SQLite's own words for these name tables and columns only. */
const RULES = /^SQLITE_CONSTRAINT_(?:UNIQUE|NOTNULL|CHECK|PRIMARYKEY)$/;

/** @returns the fault as a sentence, or as it is where it is not the database's */
export function asDatabaseError(error: unknown, path: string): unknown {
  if (!(error instanceof SqliteError)) return error;
  if (RULES.test(error.code)) {
    const rule = error.message.toWellFormed();
    return new DatabaseError(
      `A row may not stand by a rule of its table in the database ${path} (${rule}): drop the rule, which the target did not make, and start again.`,
      { cause: error },
    );
  }
  const known = SENTENCES.find(([code]) => code.test(error.code))?.[1];
  const sentence =
    known ?? 'The database {path} refused what was to be written ({code}): please report it.';
  return new DatabaseError(
    `${sentence.replace('{path}', path).replace('{code}', error.code)}${detail(error, known)}`,
    { cause: error },
  );
}

/** Faults of disks are told apart by their code, e.g. `SQLITE_IOERR_FSYNC`. */
function detail({ code }: SqliteError, known: string | undefined): string {
  return known?.startsWith('The disk') ? ` (${code})` : '';
}

export function isBusy(error: unknown): boolean {
  return error instanceof SqliteError && /^SQLITE_(?:BUSY|LOCKED)/.test(error.code);
}
