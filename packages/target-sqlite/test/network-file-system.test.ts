import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { nameOf, networkFileSystem } from '../src/database/file-path.ts';

it.each([
  ['NFS', 0x6969],
  ['CIFS', 0xff534d42],
  ['CIFS', 0xff534d42 | 0],
  ['SMB2', 0xfe534d42],
])('%s is a network file system', (name, type) => {
  expect(nameOf(type)).toBe(name);
});

it.each([
  ['ext4', 0xef53],
  ['btrfs', 0x9123683e],
  ['tmpfs', 0x01021994],
  ['overlayfs', 0x794c7630],
])('%s is not a network file system', (_name, type) => {
  expect(nameOf(type)).toBeUndefined();
});

it('the folder for temporary files is not on a network file system', () => {
  expect(networkFileSystem(tmpdir())).toBeUndefined();
});
