import { rmSync } from 'node:fs';
import { errorCode, log } from '@exact-spotter/singer';
import type { Progress } from '../bookkeeping/runs.ts';

/** Counts the rows, bytes and files that a session loads. Like the transaction, it can return to a mark. */
export class Counts {
  #rows = new Map<string, number>();
  #bytes = 0;
  /**
   * BATCH files that have been read completely and will be removed once their rows are committed.
   */
  #files: string[] = [];
  #marked = { rows: new Map<string, number>(), bytes: 0, files: 0 };

  get progress(): Progress {
    return { rows: this.#rows, bytes: this.#bytes };
  }

  addBytes(bytes: number): void {
    this.#bytes += bytes;
  }

  addRow(stream: string): void {
    this.#rows.set(stream, (this.#rows.get(stream) ?? 0) + 1);
  }

  /** Marks a BATCH file for removal. */
  addFile(path: string): void {
    this.#files.push(path);
  }

  /** Removes the BATCH files, since all rows so far are committed. */
  committed(): void {
    for (const path of this.#files.splice(0)) remove(path);
  }

  mark(): void {
    this.#marked = {
      rows: new Map(this.#rows),
      bytes: this.#bytes,
      files: this.#files.length,
    };
  }

  undoToMark(): void {
    const { rows, bytes, files } = this.#marked;
    this.#rows = new Map(rows);
    this.#bytes = bytes;
    this.#files = this.#files.slice(0, files);
  }
}

/** Removes a file. Logs only a warning if the removal fails, since the rows have been committed. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    const reason = errorCode(error);
    log.warning(`The BATCH file ${path} was loaded but cannot be removed (${reason}).`);
  }
}
