import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Message, Row } from './scripted.ts';

/** Returns a new path for a test's files. The folder does not exist yet. */
export function batchRoot(): string {
  return join(mkdtempSync(join(tmpdir(), 'batches-')), 'made');
}

/** The settings for batches, as the Singer SDK documents them. */
export function batchesIn(
  root: string,
  more: { readonly compression?: 'gzip' | 'none'; readonly batch_size?: number } = {},
): object {
  const { compression = 'none', ...rest } = more;
  const encoding = { format: 'jsonl', compression };
  return { batch_config: { encoding, storage: { root, prefix: 'p-' }, ...rest } };
}

/** Reads the records in the files that a BATCH names. */
export function recordsIn(batch: Message | undefined): Row[] {
  const { manifest = [], encoding } = batch ?? {};
  return manifest.flatMap((url) => {
    const bytes = readFileSync(fileURLToPath(url));
    const text = String(encoding?.compression === 'gzip' ? gunzipSync(bytes) : bytes);
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Row);
  });
}

/**
 * Summarizes messages: the stream and IDs of each BATCH, and the type and stream of every other
 * message.
 */
export function summary(messages: readonly Message[]): string[] {
  return messages.map((message) => {
    const { type, stream } = message;
    if (type !== 'BATCH') return stream === undefined ? type : `${type} ${stream}`;
    const ids = recordsIn(message).map(({ id, subsources_id: below }) => id ?? below);
    return `${String(stream)}: ${ids.join(' ')}`;
  });
}
