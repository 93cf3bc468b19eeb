import type { Books } from './committer.ts';
import type { Progress } from './database/runs.ts';

export interface BookWriters {
  readonly state: (value: string) => void;
  readonly progress: (progress: Progress) => void;
}

/** Counts what a run does, and writes it beside the rows. */
export class RunBooks implements Books {
  readonly #write: BookWriters;
  #rows = new Map<string, number>();
  #bytes = 0;
  #marked: Progress = { rows: new Map(), bytes: 0 };

  constructor(write: BookWriters) {
    this.#write = write;
  }

  get counts(): Progress {
    return { rows: this.#rows, bytes: this.#bytes };
  }

  read(bytes: number): void {
    this.#bytes += bytes;
  }

  wrote(stream: string): void {
    this.#rows.set(stream, (this.#rows.get(stream) ?? 0) + 1);
  }

  state(value: string): void {
    this.#write.state(value);
  }

  progress(): void {
    this.#write.progress(this.counts);
  }

  mark(): void {
    this.#marked = { rows: new Map(this.#rows), bytes: this.#bytes };
  }

  undoToMark(): void {
    this.#rows = new Map(this.#marked.rows);
    this.#bytes = this.#marked.bytes;
  }
}
