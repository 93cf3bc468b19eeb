import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, type Transform } from 'node:stream';
import { createGzip } from 'node:zlib';
import { ProgramError, SettingsError } from '@exact-spotter/singer';
import { folderOf, type BatchConfig } from '../settings.ts';

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

/** Higher levels take several times as long, for a tenth less. */
const GZIP_LEVEL = 1;
/** Bytes that may wait for the disk before the writer is asked to wait as well. */
const QUEUE_BYTES = 1024 * 1024;
/** Bytes that are handed to the disk at once. */
const PIECE_BYTES = 128 * 1024;

/** A file on its way: packed where it is to be, and safe on the disk once it is closed. */
export class BatchFile {
  readonly path: string;
  readonly #source: Transform;
  readonly #written: Promise<void>;

  /** @throws ProgramError where the file cannot be made; one that is there is left alone */
  static async make(path: string, isGzip: boolean): Promise<BatchFile> {
    const handle = await open(path, 'wx').catch((cause: unknown) => {
      throw unwritten(path, cause);
    });
    return new BatchFile(path, handle, isGzip);
  }

  private constructor(path: string, handle: FileHandle, isGzip: boolean) {
    this.path = path;
    const queue = { highWaterMark: QUEUE_BYTES };
    this.#source = isGzip
      ? createGzip({ level: GZIP_LEVEL, chunkSize: PIECE_BYTES, ...queue })
      : new PassThrough(queue);
    this.#written = writeAll(handle, this.#source, path);
    // Both are heard by whoever writes or closes next.
    this.#written.catch(() => undefined);
    this.#source.on('error', () => undefined);
  }

  async write(text: string): Promise<void> {
    if (this.#source.write(text)) return;
    await Promise.race([once(this.#source, 'drain'), this.#written]);
  }

  /** Resolves when the whole file is safe on the disk. */
  async close(): Promise<void> {
    this.#source.end();
    await this.#written;
  }

  /** Accepts away what nobody was told of. */
  async discard(): Promise<void> {
    this.#source.destroy();
    await this.#written.catch(() => undefined);
    await rm(this.path, { force: true });
  }
}

async function writeAll(handle: FileHandle, source: Transform, path: string): Promise<void> {
  try {
    await handle.writeFile(source);
    await handle.sync();
  } catch (cause) {
    source.destroy();
    throw unwritten(path, cause);
  } finally {
    await handle.close();
  }
}

function unwritten(path: string, cause: unknown): ProgramError {
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
  return new ProgramError(
    `The batch file ${path} cannot be written (${reason}): look after its folder, or endpoint another one in batch_config.`,
    { cause },
  );
}

async function ignoreExisting(folder: string, fault: unknown): Promise<void> {
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) throw fault;
}
