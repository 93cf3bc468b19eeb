import { existsSync, realpathSync, statfsSync, statSync, type Stats } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { SettingsError } from '@exact-spotter/singer';
import { DatabaseError } from './errors.ts';

/** Tests for values that are not file paths, each with the problem and the remedy. */
const INVALID_PATHS: readonly (readonly [(database: string) => boolean, string])[] = [
  [(text) => text.trim() === '', 'is blank: name a file.'],
  [(text) => text === ':memory:', 'is ":memory:", which would not be saved: name a file.'],
  [
    (text) => /^file:/i.test(text),
    'is a file: URL: write only the path, or begin with ./ if the file really has this name.',
  ],
  [
    (text) => /^~(?:\/|$)/.test(text),
    'begins with ~, which only a shell replaces: write the whole path, or begin with ./ if the folder really has this name.',
  ],
  // The driver trims trailing white space and SQLite stops at NUL, so a different file would be opened.
  [(text) => text !== text.trimEnd(), 'ends with white space: remove it.'],
  [
    (text) => text.includes('\0') || !text.isWellFormed(),
    'contains a NUL or an unpaired surrogate, which is not allowed in a file name: remove it.',
  ],
  [(text) => text.endsWith('/') || text.endsWith(sep), 'is a folder: name a file in it.'],
];

/**
 * Returns the absolute path of the database. A relative path is relative to the working directory.
 * @throws SettingsError if the setting is not a valid file path
 */
export function databasePath(database: string): string {
  const problem = INVALID_PATHS.find(([isMet]) => isMet(database))?.[1];
  if (problem !== undefined) throw new SettingsError([`The setting "database" ${problem}`]);
  return resolve(database);
}

/** SQLite's maximum path length in bytes, minus the length of its longest suffix. */
const MAX_BYTES = 511 - '-journal'.length;

/**
 * Returns true if there is a file that may be a database, false if there is no file.
 * @throws DatabaseError if the path leads to anything else
 */
export function databaseExists(path: string): boolean {
  // The path must leave room for SQLite's longest suffix, or the first commit would fail and leave
  // an empty file.
  if (Buffer.byteLength(path) > MAX_BYTES)
    throw new DatabaseError(statProblem('ENAMETOOLONG', path));
  look(`${path}-journal`, path);
  const found = look(path, path);
  const problem = found && fileProblem(found);
  if (problem !== undefined) throw new DatabaseError(`The database ${path} ${problem}`);
  return found !== undefined;
}

function look(path: string, database: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (code === 'ENOENT') return undefined;
    throw new DatabaseError(statProblem(code, database), { cause });
  }
}

function statProblem(code: string, path: string): string {
  if (code === 'ENAMETOOLONG')
    return `The path of the database is too long: choose a shorter path than ${path}.`;
  if (code === 'ENOTDIR')
    return `The folder ${dirname(path)} for the database is a file: name a folder.`;
  if (code === 'ELOOP')
    return `The database ${path} is a symbolic link that leads to itself: fix the link, or name a file.`;
  return `The database ${path} cannot be accessed (${code}): check the permissions of the folders above it.`;
}

function fileProblem(found: Stats): string | undefined {
  if (found.isDirectory()) return 'is a folder: name a file in it.';
  if (!found.isFile()) return 'is a device or a pipe, which cannot hold a database: name a file.';
  // SQLite derives the name of its log from the file name, so a file with two names would have two
  // logs.
  if (found.nlink > 1)
    return `has ${found.nlink} hard links, and SQLite may corrupt such a file: keep one link, and replace the rest with symbolic links.`;
  return undefined;
}

/** True if a path leads to the database or to a file that SQLite keeps beside it. */
export function isDatabaseFile(path: string, database: string): boolean {
  // SQLite follows a link and keeps its files beside the link's target.
  const real = realPath(databasePath(database));
  return ['', '-wal', '-shm', '-journal'].some((ending) => isSame(path, `${real}${ending}`));
}

function isSame(path: string, other: string): boolean {
  if (realPath(resolve(path)) === other) return true;
  const [one, two] = [path, other].map((name) => statSync(name, { throwIfNoEntry: false }));
  return one !== undefined && one.dev === two?.dev && one.ino === two.ino;
}

/** Resolves the links in the part of the path that exists. */
function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const folder = dirname(path);
  return existsSync(folder) ? join(realpathSync(folder), basename(path)) : path;
}

export function refuseNetwork(path: string): void {
  const name = networkFileSystem(dirname(path));
  if (name === undefined) return;
  throw new DatabaseError(
    `The database ${path} would be on a network file system (${name}), where two programs that use it at once can corrupt it: name a file on a local disk.`,
  );
}

/**
 * Linux's magic numbers for network file systems (statfs(2)). SQLite's write-ahead log needs shared
 * memory, which network file systems do not provide.
 * https://sqlite.org/wal.html#overview
 */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x517b, 'SMB'],
  [0x5346414f, 'AFS'],
  [0x73757245, 'Coda'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
]);

/** @returns the name of a folder's network file system; undefined if the folder is on a local disk */
export function networkFileSystem(folder: string): string | undefined {
  return process.platform === 'linux' ? nameOf(statfsSync(folder).type) : undefined;
}

/** @param type the type from `statfs`, which may be negative because it is read as a signed number */
export function nameOf(type: number): string | undefined {
  return NETWORK_FILE_SYSTEMS.get(type >>> 0);
}
