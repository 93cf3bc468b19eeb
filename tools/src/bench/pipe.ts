import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The two ends of a pipe, as descriptors. */
export interface Pipe {
  readonly readEnd: number;
  readonly writeEnd: number;
  /** To be called once the children have their ends: the reader sees no end of the pipe before. */
  close(): void;
}

/** A pipe as a shell makes it. Node gives its children sockets, which are slower and hold more. */
export function makePipe(): Pipe {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-'));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  // Each end waits for the other to be opened, but for this one.
  const first = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(path, constants.O_WRONLY);
  const readEnd = openSync(path, constants.O_RDONLY);
  closeSync(first);
  rmSync(folder, { recursive: true });
  return {
    readEnd,
    writeEnd,
    close: () => {
      closeSync(readEnd);
      closeSync(writeEnd);
    },
  };
}
