import { pathToFileURL } from 'node:url';
import {
  Families,
  siblingsKey,
  type BatchMessage,
  type RecordMessage,
  type SchemaMessage,
} from '@exact-spotter/singer';
import type { BatchFile, BatchFolder } from './batch-file.ts';

/**
 * Maximum size of a file, in characters before compression. The row that exceeds the limit is the
 * last row of the file.
 */
const MOST_CHARACTERS = 64 * 1024 * 1024;

/** Rows of one stream and one version that go into one file. */
export class Batch {
  readonly stream: string;
  readonly version: number | undefined;
  readonly #folder: BatchFolder;
  readonly #mostRows: number;
  /** When the first row was read. No row of the batch is older. */
  readonly #extracted: string | undefined;
  #file: Promise<BatchFile> | undefined;
  #lines = '';
  #rows = 0;
  #characters = 0;

  constructor(first: RecordMessage, folder: BatchFolder, mostRows: number) {
    this.stream = first.stream;
    this.version = first.version;
    this.#extracted = first.time_extracted;
    this.#folder = folder;
    this.#mostRows = mostRows;
  }

  get isFull(): boolean {
    return this.#rows >= this.#mostRows || this.#characters >= MOST_CHARACTERS;
  }

  /** Keeps the row in memory until {@link write}. */
  add({ record }: RecordMessage): void {
    const line = `${JSON.stringify(record)}\n`;
    this.#lines += line;
    this.#rows += 1;
    this.#characters += line.length;
  }

  async write(): Promise<void> {
    if (this.#lines === '') return;
    const lines = this.#lines;
    this.#lines = '';
    await (await this.#open()).write(lines);
  }

  /** Completes the file. @returns the message that names it */
  async close(): Promise<BatchMessage> {
    await this.write();
    const file = await this.#open();
    await file.close();
    return {
      type: 'BATCH',
      stream: this.stream,
      encoding: this.#folder.encoding,
      manifest: [pathToFileURL(file.path).href],
      ...(this.version !== undefined && { version: this.version }),
      ...(this.#extracted !== undefined && { time_extracted: this.#extracted }),
    };
  }

  /** Deletes the file of a batch that no BATCH message has named. */
  async discard(): Promise<void> {
    const file = await this.#file?.catch(() => undefined);
    await file?.discard();
  }

  #open(): Promise<BatchFile> {
    this.#file ??= this.#folder.file(this.stream);
    return this.#file;
  }
}

/** The batches that no BATCH message has named yet, up to one per stream. */
export class OpenBatches {
  readonly #folder: BatchFolder;
  readonly #size: number;
  readonly #families = new Families();
  /** By stream. */
  readonly #batches = new Map<string, Batch>();
  /**
   * For each stream, the children that its rows have replaced since the last STATE. The set is kept
   * even if a batch is written in the middle of a row's children, because the remaining children
   * have not been added yet.
   */
  readonly #replaced = new Map<string, Set<string>>();

  /** @param size maximum number of rows in a file */
  constructor(folder: BatchFolder, size: number) {
    this.#folder = folder;
    this.#size = size;
  }

  /** All open batches, parents first. */
  get all(): Batch[] {
    return [...this.#batches.values()].toSorted(
      (one, other) => this.#families.depthOf(one.stream) - this.#families.depthOf(other.stream),
    );
  }

  /** The batches of a stream and its family, parents first. */
  familyOf(stream: string): Batch[] {
    const root = this.#families.rootOf(stream);
    return this.all.filter((batch) => this.#families.rootOf(batch.stream) === root);
  }

  declare({ stream, schema }: SchemaMessage): void {
    this.#families.declare(stream, schema);
  }

  /**
   * True if the family's files must be written before a record, because the record's file is full
   * or has another version, or because the record replaces children that are in the family's files.
   */
  mustWriteBefore(record: RecordMessage): boolean {
    const batch = this.#batches.get(record.stream);
    if (batch && (batch.isFull || batch.version !== record.version)) return true;
    const replaced = this.#replaced.get(record.stream);
    return replaced !== undefined && this.#replacedBy(record).some((key) => replaced.has(key));
  }

  add(record: RecordMessage): void {
    const { stream } = record;
    const batch = this.#batches.get(stream) ?? new Batch(record, this.#folder, this.#size);
    this.#batches.set(stream, batch);
    batch.add(record);
    const replaced = this.#replaced.get(stream) ?? new Set();
    this.#replaced.set(stream, replaced);
    for (const key of this.#replacedBy(record)) replaced.add(key);
  }

  /** Forgets a stream's batch after a BATCH message has named it. */
  remove(stream: string): void {
    this.#batches.delete(stream);
  }

  /**
   * Forgets which children were replaced. Called at a STATE, which is never written between a row's
   * children.
   */
  forgetReplaced(): void {
    this.#replaced.clear();
  }

  #replacedBy({ stream, record }: RecordMessage): string[] {
    return this.#families
      .childrenOf(stream)
      .map((child) => siblingsKey(child.stream, record, Object.values(child.columns)));
  }
}
