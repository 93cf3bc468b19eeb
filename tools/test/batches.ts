import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Pair } from './pair.ts';

export interface Batches {
  readonly compression: 'gzip' | 'none';
  readonly batch_size?: number;
}

/** Returns the folder in which a pair's target looks for BATCH files. */
export function batchesOf({ folder }: Pair): string {
  return join(folder, 'batches');
}

/** Makes a pair's tap write BATCH files if `batches` is given. */
export function withBatches(pair: Pair, batches: Batches | undefined): Pair {
  if (!batches) return pair;
  const { compression, ...rest } = batches;
  const encoding = { format: 'jsonl', compression };
  const storage = { root: pathToFileURL(batchesOf(pair)).href };
  const settings = JSON.parse(readFileSync(join(pair.folder, 'tap.json'), 'utf8')) as object;
  pair.write('tap.json', { ...settings, batch_config: { encoding, storage, ...rest } });
  return pair;
}
