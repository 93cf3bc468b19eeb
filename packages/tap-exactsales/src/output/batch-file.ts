import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, type Transform } from 'node:stream';
import { createGzip } from 'node:zlib';
import { errorCode, ProgramError, SettingsError } from '@exact-spotter/singer';
import { folderOf, type BatchConfig } from '../settings.ts';

/**
 * A file name contains up to this many characters of the stream name, because file systems limit
 * the length of file names.
 */
const NAME_LENGTH = 100;

/** The folder for a run's files. No other run uses the same file names. */
export class BatchFolder {
  readonly encoding: BatchConfig['encoding'];
  readonly #folder: string;
  readonly #prefix: string;
  readonly #run = randomUUID();
  #files = 0;

  /**
   * @param source the program name, which precedes the stream name in file names
   * @throws SettingsError if the folder does not exist and cannot be created
   */
  static async open({ encoding, storage }: BatchConfig, source: string): Promise<BatchFolder> {
    const folder = folderOf(storage.root) ?? '';
    try {
      await mkdir(folder).catch((error: unknown) => ignoreExisting(folder, error));
    } catch (cause) {
      const reason = errorCode(cause);
      throw new SettingsError(
        [
          `The setting "batch_config.storage.root": cannot create the folder ${folder} (${reason}); create it, or set a folder whose parent exists.`,
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

  /** Creates a file for rows of a stream. */
  file(stream: string): Promise<BatchFile> {
    this.#files += 1;
    const isGzip = this.encoding.compression === 'gzip';
    const safeName = stream.replaceAll(/[^\w.-]/g, '_').slice(0, NAME_LENGTH);
    const name = `${this.#prefix}${safeName}-${this.#run}-${this.#files}.jsonl${isGzip ? '.gz' : ''}`;
    return BatchFile.create(join(this.#folder, name), isGzip);
  }
}

/** Higher levels take several times as long and save only a tenth of the size. */
const GZIP_LEVEL = 1;
/** Only the user may read a file, because its rows contain personal data. */
const FILE_MODE = 0o600;
/** How many bytes may be queued for the disk before the writer must wait. */
const QUEUE_BYTES = 1024 * 1024;
/** How many bytes to write at once. */
const PIECE_BYTES = 128 * 1024;

/** A file that is being written, compressed if requested. Once closed, it is safe on disk. */
export class BatchFile {
  readonly path: string;
  readonly #source: Transform;
  readonly #written: Promise<void>;

  /** @throws ProgramError if the file exists or cannot be created */
  static async create(path: string, isGzip: boolean): Promise<BatchFile> {
    const handle = await open(path, 'wx', FILE_MODE).catch((cause: unknown) => {
      throw writeError(path, cause);
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
    // The next call of `write` or `close` throws the error.
    this.#written.catch(() => undefined);
    this.#source.on('error', () => undefined);
  }

  async write(text: string): Promise<void> {
    if (this.#source.write(text)) return;
    await Promise.race([once(this.#source, 'drain'), this.#written]);
  }

  /** Resolves when the whole file is safe on disk. */
  async close(): Promise<void> {
    this.#source.end();
    await this.#written;
  }

  /** Deletes the file. */
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
    throw writeError(path, cause);
  } finally {
    await handle.close();
  }
}

function writeError(path: string, cause: unknown): ProgramError {
  const reason = errorCode(cause);
  return new ProgramError(
    `Cannot write the batch file ${path} (${reason}): check its folder, or set another folder in batch_config.`,
    { cause },
  );
}

async function ignoreExisting(folder: string, error: unknown): Promise<void> {
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) throw error;
}
