import { createReadStream } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { pipeline } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import {
  bareRecordLine,
  InputError,
  parseRecord,
  readLines,
  type BatchMessage,
  type InputPlace,
  type Line,
  type RecordMessage,
} from '@exact-spotter/singer';
import type { LineParser, MessageLine, UnmappedLine } from './line-parser.ts';

export interface BatchOptions {
  /** The folders that may contain BATCH files. */
  readonly batchFolders: readonly string[];
  readonly maxLineBytes: number;
  readonly parser: LineParser;
}

/** A file that a BATCH message names. */
export interface BatchFile {
  readonly path: string;
  /**
   * The file's records, a few at a time, as if the tap had sent each record in a RECORD message.
   */
  readonly pieces: AsyncIterable<Iterable<MessageLine | UnmappedLine>>;
}

/**
 * Opens a BATCH file on this machine. The format is JSON lines, plain or gzip.
 * @throws InputError if the file is outside the allowed folders or has a different format
 */
export async function openBatchFile(
  batch: BatchMessage,
  url: string,
  options: BatchOptions,
): Promise<BatchFile> {
  const path = await allowedPath(batch, url, options.batchFolders);
  return { path, pieces: readRecords(batch, readBytes(path, batch), options) };
}

async function* readRecords(
  { stream, version, time_extracted: extracted }: BatchMessage,
  bytes: AsyncIterable<Uint8Array>,
  { maxLineBytes, parser }: BatchOptions,
): AsyncGenerator<Iterable<MessageLine | UnmappedLine>> {
  const common = {
    type: 'RECORD' as const,
    stream,
    ...(version !== undefined && { version }),
    ...(extracted !== undefined && { time_extracted: extracted }),
  };
  for await (const lines of readLines(bytes, { maxBytes: maxLineBytes })) {
    yield messages(lines, common, parser);
  }
}

/** Yields the lines one by one, so that everything before an invalid line is loaded. */
function* messages(
  lines: readonly Line[],
  common: Omit<RecordMessage, 'record'>,
  parser: LineParser,
): Generator<MessageLine | UnmappedLine> {
  // JSON text never contains NUL, so a NUL can mark where to insert the record.
  const [before = '', after = ''] = bareRecordLine(common, '\0').trimEnd().split('\0');
  for (const line of lines) {
    const message = { ...common, record: parseRecord(line) };
    const text = `${before}${line.text}${after}`;
    yield* parser.batchRecord(message, { number: line.number, text });
  }
}

async function allowedPath(
  { encoding }: BatchMessage,
  url: string,
  batchFolders: readonly string[],
): Promise<string> {
  const { format, compression = 'none' } = encoding;
  if (format !== 'jsonl' || (compression !== 'none' && compression !== 'gzip')) {
    throw new InputError(
      `BATCH files must have the format jsonl, plain or gzip: change the tap's "batch_config".`,
    );
  }
  const path = await realpath(localPath(url));
  const folders = await Promise.all(batchFolders.map(async (folder) => realpath(folder)));
  if (!folders.some((folder) => isInside(folder, path))) {
    throw new InputError(
      `the file is outside the folder of the settings file: set the root in the tap's "batch_config" to that folder or a folder below it.`,
    );
  }
  return path;
}

function readBytes(path: string, { encoding }: BatchMessage): AsyncIterable<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: 1024 * 1024 });
  // The pipeline passes file errors on to the reader of the decompressed bytes.
  return encoding.compression === 'gzip' ? pipeline(file, createGunzip(), () => undefined) : file;
}

function localPath(url: string): string {
  if (!url.startsWith('file://')) {
    throw new InputError(
      `only local files (file://) can be read: change the tap's "batch_config".`,
    );
  }
  return fileURLToPath(url);
}

function isInside(folder: string, path: string): boolean {
  const inner = relative(folder, path);
  return inner !== '' && inner !== '..' && !inner.startsWith(`..${sep}`) && !isAbsolute(inner);
}

/** Adds the BATCH message's line and the file's URL to an error that occurred in the file. */
export function errorInFile(cause: unknown, url: string, place: InputPlace): unknown {
  if (cause instanceof InputError) {
    return new InputError(`in the BATCH file ${url}, ${cause.message}`, place, { cause });
  }
  if (cause instanceof Error && 'code' in cause && !cause.name.startsWith('Sqlite')) {
    return new InputError(
      `the BATCH file ${url} cannot be read (${String(cause.code)}): check that the tap has written the file.`,
      place,
      { cause },
    );
  }
  return cause;
}
