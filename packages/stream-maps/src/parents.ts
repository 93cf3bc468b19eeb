import { type Families, InputError, type RecordMessage, siblingsKey } from '@exact-spotter/singer';

/**
 * Why a record's children are left out: the filter of the record returned false (`filtered`) or
 * threw an error (`failed`).
 */
export type Exclusion = 'filtered' | 'failed';

/** Remembers which parent records were left out, so that their children are also left out. */
export interface ExcludedParents {
  /** @returns undefined if the record's parent was written, or if it has no known parent */
  exclusionAbove: (message: RecordMessage) => Exclusion | undefined;
  /** @param exclusion undefined if the record was written */
  note: (message: RecordMessage, exclusion: Exclusion | undefined) => void;
}

/**
 * Remembers exclusions in RECORD lines. Children follow their parent, so only the last record of
 * each stream matters.
 */
export class ExcludedLines implements ExcludedParents {
  readonly #families: Families;
  /** The exclusion of each stream's last record. */
  readonly #last = new Map<string, Exclusion>();

  constructor(families: Families) {
    this.#families = families;
  }

  exclusionAbove({ stream }: RecordMessage): Exclusion | undefined {
    if (this.#last.size === 0) return undefined;
    const parent = this.#families.parentOf(stream);
    return parent && this.#last.get(parent.table);
  }

  note({ stream }: RecordMessage, exclusion: Exclusion | undefined): void {
    if (exclusion === undefined) this.#last.delete(stream);
    else this.#last.set(stream, exclusion);
  }

  forget(stream: string): void {
    this.#last.delete(stream);
  }

  forgetAll(): void {
    this.#last.clear();
  }
}

/** The maximum total size of the remembered keys, in characters. Each entry adds OVERHEAD. */
const MOST_CHARACTERS = 128 * 1024 * 1024;
const OVERHEAD = 100;

/**
 * Remembers exclusions in BATCH files. All parents are read before all children, so the columns in
 * `x-parent` determine the parent of each child. A family never spans a STATE.
 */
export class ExcludedBatchRecords implements ExcludedParents {
  readonly #families: Families;
  /** The exclusion of a parent, by the key that its children share. */
  readonly #siblings = new Map<string, Exclusion>();
  #characters = 0;

  constructor(families: Families) {
    this.#families = families;
  }

  exclusionAbove({ stream, record }: RecordMessage): Exclusion | undefined {
    if (this.#siblings.size === 0) return undefined;
    const parent = this.#families.parentOf(stream);
    return parent && this.#siblings.get(siblingsKey(stream, record, Object.keys(parent.columns)));
  }

  /** @throws InputError if the exclusions exceed the memory limit */
  note({ stream, record }: RecordMessage, exclusion: Exclusion | undefined): void {
    if (exclusion === undefined && this.#siblings.size === 0) return;
    for (const { stream: child, columns } of this.#families.childrenOf(stream)) {
      this.#noteChildren(siblingsKey(child, record, Object.values(columns)), exclusion);
      if (this.#characters > MOST_CHARACTERS) throw new InputError(TOO_MANY, { stream });
    }
  }

  #noteChildren(key: string, exclusion: Exclusion | undefined): void {
    if (this.#siblings.delete(key)) this.#characters -= key.length + OVERHEAD;
    if (exclusion === undefined) return;
    this.#siblings.set(key, exclusion);
    this.#characters += key.length + OVERHEAD;
  }

  forgetAll(): void {
    this.#siblings.clear();
    this.#characters = 0;
  }
}

const TOO_MANY =
  'the filter excludes more BATCH records than can be remembered until their children arrive: configure the tap to write STATE more often, or filter in the tap.';
