import { statfsSync } from 'node:fs';

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
