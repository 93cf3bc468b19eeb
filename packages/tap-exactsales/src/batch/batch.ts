import { pathToFileURL } from 'node:url';
import type { BatchMessage, RecordMessage } from '@exact-spotter/singer';
import type { BatchFile } from './batch-file.ts';
import type { BatchFolder } from './folder.ts';

/** Letters in a file, before it is packed: it is full with the row that goes past them. */
const MOST_LETTERS = 64 * 1024 * 1024;

/** Rows of one stream and one version that leave together, in one file. */
export class Batch {
  readonly stream: string;
  readonly version: number | undefined;
  readonly #folder: BatchFolder;
  readonly #mostRows: number;
  /** When its first row was read: none of them is older. */
  readonly #extracted: string | undefined;
  #file: Promise<BatchFile> | undefined;
  #lines = '';
  #rows = 0;
  #letters = 0;

  constructor(first: RecordMessage, folder: BatchFolder, mostRows: number) {
    this.stream = first.stream;
    this.version = first.version;
    this.#extracted = first.time_extracted;
    this.#folder = folder;
    this.#mostRows = mostRows;
  }

  get isFull(): boolean {
    return this.#rows >= this.#mostRows || this.#letters >= MOST_LETTERS;
  }

  /** The row waits here for {@link write}. */
  add({ record }: RecordMessage): void {
    const line = `${JSON.stringify(record)}\n`;
    this.#lines += line;
    this.#rows += 1;
    this.#letters += line.length;
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

  /** To be called for a batch that nobody was told of. */
  async discard(): Promise<void> {
    const file = await this.#file?.catch(() => undefined);
    await file?.discard();
  }

  #open(): Promise<BatchFile> {
    this.#file ??= this.#folder.file(this.stream);
    return this.#file;
  }
}
