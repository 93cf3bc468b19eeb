import { randomUUID } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SettingsError } from '@exact-spotter/singer';
import { BatchFile } from './batch-file.ts';
import { folderOf, type BatchConfig } from './config.ts';

/** Letters of a stream's name that its files bear at most: names of files may not be long. */
const NAME_LENGTH = 100;

/** Where the files of a run go. Their names are those of this run alone. */
export class BatchFolder {
  readonly encoding: BatchConfig['encoding'];
  readonly #folder: string;
  readonly #prefix: string;
  readonly #run = randomUUID();
  #files = 0;

  /**
   * @param source what stands in the names of the files, in front of the stream
   * @throws SettingsError where there is no such folder, and none can be made
   */
  static async open({ encoding, storage }: BatchConfig, source: string): Promise<BatchFolder> {
    const folder = folderOf(storage.root) ?? '';
    try {
      await mkdir(folder).catch((fault: unknown) => ignoreExisting(folder, fault));
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
      throw new SettingsError(
        [
          `The setting "batch_config.storage.root": the folder ${folder} cannot be made (${reason}): make it, or name one whose parent is there.`,
        ],
        { cause },
      );
    }
    return new BatchFolder(encoding, folder, `${storage.prefix ?? ''}${source}--`);
  }

  private constructor(encoding: BatchConfig['encoding'], folder: string, prefix: string) {
    this.encoding = encoding;
    this.#folder = folder;
    this.#prefix = prefix;
  }

  /** A new file for rows of a stream. */
  file(stream: string): Promise<BatchFile> {
    this.#files += 1;
    const isGzip = this.encoding.compression === 'gzip';
    const letters = stream.replaceAll(/[^\w.-]/g, '_').slice(0, NAME_LENGTH);
    const name = `${this.#prefix}${letters}-${this.#run}-${this.#files}.jsonl${isGzip ? '.gz' : ''}`;
    return BatchFile.make(join(this.#folder, name), isGzip);
  }
}

async function ignoreExisting(folder: string, fault: unknown): Promise<void> {
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) throw fault;
}
