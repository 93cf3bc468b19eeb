import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '@exact-spotter/singer';
import { binOf, run, writeJson } from './programs.ts';

/** Writes a catalog of the tap in which these streams are wanted, and no others. @returns its path */
export async function selectStreams(folder: string, wanted: readonly string[]): Promise<string> {
  const output = join(folder, 'known.json');
  await run([binOf('tap-exactsales'), '--discover'], { output });
  const { streams } = JSON.parse(readFileSync(output, 'utf8')) as Catalog;
  const selected = streams.filter(({ stream }) => wanted.includes(stream));
  return writeJson(folder, 'catalog.json', {
    streams: selected.map((entry) => ({
      ...entry,
      metadata: entry.metadata.map(({ breadcrumb, metadata }) => ({
        breadcrumb,
        metadata: breadcrumb.length === 0 ? { ...metadata, selected: true } : metadata,
      })),
    })),
  });
}
