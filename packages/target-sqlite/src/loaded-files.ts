import { rmSync } from 'node:fs';
import { log } from '@exact-spotter/singer';

/** The files of BATCH messages that were read to their end, and are removed once their rows are safe. */
export class LoadedFiles {
  #paths: string[] = [];
  #marked = 0;

  add(path: string): void {
    this.#paths.push(path);
  }

  mark(): void {
    this.#marked = this.#paths.length;
  }

  undoToMark(): void {
    this.#paths = this.#paths.slice(0, this.#marked);
  }

  /** To be called when a transaction was committed, and with it the rows of all files so far. */
  committed(): void {
    for (const path of this.#paths.splice(0)) remove(path);
  }
}

/** A file that stays is no harm to the rows. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (fault) {
    const reason = (fault as NodeJS.ErrnoException).code ?? 'unknown reason';
    log.warning(`The batch file ${path} is loaded, and cannot be removed (${reason}).`);
  }
}
