import type { Books } from './committer.ts';
import type { Progress } from './database/runs.ts';
import { LoadedFiles } from './loaded-files.ts';

/** A record that may not stand, and why. */
export interface Refused {
  readonly stream: string;
  readonly line: number;
  /** Never the record's values. */
  readonly reason: string;
  /** The record as a Singer line. */
  readonly message: string;
  /** The SCHEMA line of its stream, where the record is kept as its tap sent it. */
  readonly source?: string;
}

export interface BookWriters {
  readonly quarantine: (refused: Refused) => void;
  readonly state: (value: string) => void;
  readonly progress: (progress: Progress) => void;
}

/** Counts what a run does, and writes it beside the rows. */
export class RunBooks implements Books {
  readonly #write: BookWriters;
  readonly #files = new LoadedFiles();
  #rows = new Map<string, number>();
  #bytes = 0;
  #refused = 0;
  #marked: Progress = { rows: new Map(), bytes: 0 };

  constructor(write: BookWriters) {
    this.#write = write;
  }

  /** How many records of the run were kept aside. */
  get refused(): number {
    return this.#refused;
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

  /** @returns how many records of this run were kept aside */
  quarantine(refused: Refused): number {
    this.#write.quarantine(refused);
    this.#refused += 1;
    return this.#refused;
  }

  state(value: string): void {
    this.#write.state(value);
  }

  progress(): void {
    this.#write.progress(this.counts);
  }

  /** A file of a BATCH that is to be removed once its rows are committed. */
  loaded(path: string): void {
    this.#files.add(path);
  }

  committed(): void {
    this.#files.committed();
  }

  mark(): void {
    this.#files.mark();
    this.#marked = { rows: new Map(this.#rows), bytes: this.#bytes };
  }

  undoToMark(): void {
    this.#files.undoToMark();
    this.#rows = new Map(this.#marked.rows);
    this.#bytes = this.#marked.bytes;
  }
}
