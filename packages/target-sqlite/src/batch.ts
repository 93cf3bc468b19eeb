import { createReadStream } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { relative, isAbsolute, sep } from 'node:path';
import { pipeline } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import {
  InputError,
  parseRecord,
  readLines,
  type BatchMessage,
  type Line,
} from '@exact-spotter/singer';
import type { LineMapper } from './map.ts';
import type { Run } from './run.ts';
import type { Target } from './target.ts';

export interface BatchOptions {
  /** The folders in which the files may lie. */
  readonly batchFolders: readonly string[];
  readonly maxLineBytes: number;
  readonly stop: AbortSignal;
  readonly maps: LineMapper | undefined;
}

/**
 * Loads the records in the files of a BATCH as if they had come one by one: JSON lines, plain or
 * gzip, on this machine.
 * @throws InputError for a file that lies elsewhere, cannot be read, or holds what is no record
 */
export async function loadBatch(
  run: Run,
  target: Target,
  batch: BatchMessage,
  line: Line,
  options: BatchOptions,
): Promise<void> {
  const place = { line: line.number, stream: batch.stream };
  for (const url of batch.manifest) {
    try {
      const path = await pathOf(batch, url, options);
      await loadFile(run, target, batch, bytesOf(path, batch), options);
      if (options.stop.aborted) return;
      run.loaded(path);
    } catch (cause) {
      throw inFile(cause, url, place);
    }
  }
}

async function loadFile(
  run: Run,
  target: Target,
  { stream, version, time_extracted: extracted }: BatchMessage,
  source: AsyncIterable<Uint8Array>,
  { maxLineBytes, stop, maps }: BatchOptions,
): Promise<void> {
  for await (const lines of readLines(source, { maxBytes: maxLineBytes })) {
    if (stop.aborted) return;
    run.received(0);
    for (const line of lines) {
      const record = parseRecord(line);
      const message = {
        type: 'RECORD' as const,
        stream,
        record,
        ...(version !== undefined && { version }),
        ...(extracted !== undefined && { time_extracted: extracted }),
      };
      for (const made of maps?.records(message, line) ?? [{ ...line, message }]) {
        if (!(run.isReadyFor(made.message) || (await run.makeReady(made.message)))) return;
        if ('fault' in made) target.unmapped(made);
        else target.record(made.message, made, true);
      }
    }
    await run.acknowledge(false);
  }
}

/** Where a file lies that may be read. */
async function pathOf(
  { encoding }: BatchMessage,
  url: string,
  { batchFolders }: BatchOptions,
): Promise<string> {
  const { format, compression = 'none' } = encoding;
  if (format !== 'jsonl' || (compression !== 'none' && compression !== 'gzip')) {
    throw new InputError(
      "files of a BATCH are taken as jsonl, plain or gzip: set the tap's batch_config so.",
    );
  }
  const path = await realpath(localPath(url));
  const folders = await Promise.all(batchFolders.map(async (folder) => realpath(folder)));
  if (!folders.some((folder) => isInside(folder, path))) {
    throw new InputError(
      "the file does not lie in the folder of the settings file: set the root in the tap's batch_config there.",
    );
  }
  return path;
}

function bytesOf(path: string, { encoding }: BatchMessage): AsyncIterable<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: 1024 * 1024 });
  // The pipeline hands a fault of the file on to whoever reads the unpacked bytes.
  return encoding.compression === 'gzip' ? pipeline(file, createGunzip(), () => undefined) : file;
}

function localPath(url: string): string {
  if (!url.startsWith('file://')) {
    throw new InputError(
      "only files of this machine are taken (file://): set the tap's batch_config so.",
    );
  }
  return fileURLToPath(url);
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The place in the input in front, the place in the file behind it. */
function inFile(
  cause: unknown,
  url: string,
  place: { readonly line: number; readonly stream: string },
): unknown {
  if (cause instanceof InputError) {
    return new InputError(`in the file ${url} of the BATCH, ${cause.message}`, place, { cause });
  }
  if (cause instanceof Error && 'code' in cause && !cause.name.startsWith('Sqlite')) {
    return new InputError(
      `the file ${url} of the BATCH cannot be read (${String(cause.code)}): look whether the tap has written it.`,
      place,
      { cause },
    );
  }
  return cause;
}
