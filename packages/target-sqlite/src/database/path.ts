import { existsSync, realpathSync, statfsSync, statSync, type Stats } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { SettingsError } from '@exact-spotter/singer';
import { DatabaseError } from './errors.ts';

/** Texts that name no file which could be kept, and what to write instead. */
const NO_PATHS: readonly (readonly [(database: string) => boolean, string])[] = [
  [(text) => text.trim() === '', 'is blank: name a file.'],
  [(text) => text === ':memory:', 'is ":memory:", where nothing would be kept: name a file.'],
  [
    (text) => /^file:/i.test(text),
    'is an address (file:), and a path is wanted: leave out what is not of the path, or write ./ in front where the file is called so.',
  ],
  [
    (text) => /^~(?:\/|$)/.test(text),
    'begins with ~, which only a shell replaces: write the whole path, or ./ in front where the folder is called so.',
  ],
  // The driver takes white space off the end, and SQLite stops at NUL: it would be another file.
  [(text) => text !== text.trimEnd(), 'ends in white space: take it away.'],
  [
    (text) => text.includes('\0') || !text.isWellFormed(),
    'holds what the name of a file cannot (NUL, or half a character): take it away.',
  ],
  [(text) => text.endsWith('/') || text.endsWith(sep), 'names a folder: name a file in it.'],
];

/**
 * The whole path of the database; a relative one starts in the working directory.
 * @throws SettingsError for what names no file
 */
export function databasePath(database: string): string {
  const fault = NO_PATHS.find(([isMet]) => isMet(database))?.[1];
  if (fault !== undefined) throw new SettingsError([`The setting "database" ${fault}`]);
  return resolve(database);
}

/** Bytes of a path that SQLite takes, less those of the longest ending that it puts behind it. */
const LONGEST = 511 - '-journal'.length;

/**
 * True where a file stands that may be a database, false where nothing does.
 * @throws DatabaseError for all else that a path may lead to
 */
export function databaseExists(path: string): boolean {
  // SQLite's longest ending must fit too, or the first commit would fail beside an empty file.
  if (Buffer.byteLength(path) > LONGEST) throw new DatabaseError(lookFault('ENAMETOOLONG', path));
  look(`${path}-journal`, path);
  const found = look(path, path);
  const fault = found && fileFault(found);
  if (fault !== undefined) throw new DatabaseError(`The database ${path} ${fault}`);
  return found !== undefined;
}

function look(path: string, database: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (code === 'ENOENT') return undefined;
    throw new DatabaseError(lookFault(code, database), { cause });
  }
}

function lookFault(code: string, path: string): string {
  if (code === 'ENAMETOOLONG')
    return `The path of the database is too long: name a shorter one than ${path}.`;
  if (code === 'ENOTDIR')
    return `The folder ${dirname(path)} for the database is a file: name a folder.`;
  if (code === 'ELOOP')
    return `The database ${path} is a link that leads in a circle: mend it, or name a file.`;
  return `The database ${path} cannot be looked at (${code}): check the permissions of the folders above it.`;
}

function fileFault(found: Stats): string | undefined {
  if (found.isDirectory()) return 'is a folder: name a file in it.';
  if (!found.isFile()) return 'is a device or a pipe, where nothing would be kept: name a file.';
  // SQLite keeps its log beside a file by the file's name: under two names there would be two logs.
  if (found.nlink > 1)
    return `has ${found.nlink} names (hard links), under which SQLite cannot keep it safe: leave it one, or make the others symbolic links.`;
  return undefined;
}

/** True where a path leads to the database, or to one of the files that SQLite keeps beside it. */
export function isDatabaseFile(path: string, database: string): boolean {
  // SQLite follows a link, and keeps its files beside what it leads to.
  const kept = realPath(databasePath(database));
  return ['', '-wal', '-shm', '-journal'].some((ending) => isSame(path, `${kept}${ending}`));
}

function isSame(path: string, other: string): boolean {
  if (realPath(resolve(path)) === other) return true;
  const [one, two] = [path, other].map((name) => statSync(name, { throwIfNoEntry: false }));
  return one !== undefined && one.dev === two?.dev && one.ino === two.ino;
}

/** Without links, as far as the path is there. */
function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const folder = dirname(path);
  return existsSync(folder) ? join(realpathSync(folder), basename(path)) : path;
}

export function refuseNetwork(path: string): void {
  const name = networkFileSystem(dirname(path));
  if (name === undefined) return;
  throw new DatabaseError(
    `The database ${path} would lie on a network file system (${name}), where SQLite cannot keep it safe from two programs at once: name a file on a disk of this machine.`,
  );
}

/**
 * The numbers by which Linux tells file systems that lie on another machine (statfs(2)). SQLite's
 * write-ahead log needs memory that all programs share, which these do not give.
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

/** The name of the network file system that a folder lies on; nothing where it lies on a disk. */
export function networkFileSystem(folder: string): string | undefined {
  return process.platform === 'linux' ? nameOf(statfsSync(folder).type) : undefined;
}

/** @param type as statfs gives it, which may be negative where it is taken as signed */
export function nameOf(type: number): string | undefined {
  return NETWORK_FILE_SYSTEMS.get(type >>> 0);
}
