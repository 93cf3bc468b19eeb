import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type JsonValue, type SettingSchema, isObject } from '@exact-spotter/singer';

/** The shape is that of the Singer SDK. */
export interface BatchConfig {
  readonly encoding: { readonly format: 'jsonl'; readonly compression?: 'gzip' | 'none' };
  readonly storage: { readonly root: string; readonly prefix?: string };
  /** Rows in a file at most. */
  readonly batch_size?: number;
}

/** The Singer SDK's own. */
export const DEFAULT_BATCH_SIZE = 10_000;

export const batchSettings = {
  batch_config: {
    type: 'object',
    title: 'Batches',
    description:
      'Rows go into files of JSON lines, named in BATCH messages, instead of RECORD messages, e.g. {"encoding": {"format": "jsonl", "compression": "gzip"}, "storage": {"root": "file:///path/to/folder", "prefix": ""}, "batch_size": 10000}.',
    properties: {
      encoding: {
        type: 'object',
        properties: { format: { type: 'string' }, compression: { type: 'string' } },
      },
      storage: {
        type: 'object',
        properties: { root: { type: 'string' }, prefix: { type: 'string' } },
      },
      batch_size: { type: 'integer', minimum: 1 },
    },
  },
} as const satisfies Record<string, SettingSchema>;

/** What the schema cannot say, and what of the SDK's shape is not served. @returns a sentence for each fault */
export function batchFaults(config: JsonValue | undefined): string[] {
  if (!isObject(config)) return [];
  const { encoding = {}, storage = {} } = config;
  if (!isObject(encoding) || !isObject(storage)) return [];
  const { format, compression = 'none' } = encoding;
  const { root, prefix } = storage;
  return [
    ...unserved('', config, ['encoding', 'storage', 'batch_size']),
    ...unserved('encoding.', encoding, ['format', 'compression']),
    ...unserved('storage.', storage, ['root', 'prefix']),
    ...fault('encoding.format', format === 'jsonl', 'jsonl: no other is written'),
    ...fault(
      'encoding.compression',
      compression === 'gzip' || compression === 'none',
      'gzip or none',
    ),
    ...fault(
      'storage.root',
      folderOf(root) !== undefined,
      'a folder of this machine, as file:///path/to/folder or as a path',
    ),
    ...fault(
      'storage.prefix',
      typeof prefix !== 'string' || !/[/\\\0]/.test(prefix),
      'the beginning of a name, without / and \\',
    ),
  ];
}

function unserved(path: string, given: object, served: readonly string[]): string[] {
  return Object.keys(given)
    .filter((name) => !served.includes(name))
    .map((name) => `The setting "batch_config.${path}${name}" is not served: leave it out.`);
}

function fault(path: string, isGood: boolean, wanted: string): string[] {
  return isGood ? [] : [`The setting "batch_config.${path}" must be ${wanted}.`];
}

/**
 * The folder that a root means. The Singer SDK's own example is a path behind `file://` that does
 * not begin at the root of the disk, so that is taken too.
 * @returns undefined for what is no folder of this machine
 */
export function folderOf(root: unknown): string | undefined {
  if (typeof root !== 'string' || root === '') return undefined;
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(root)) return resolve(root);
  const url = URL.parse(root);
  const path = root.slice('file://'.length);
  if (url?.protocol !== 'file:' || path === '') return undefined;
  try {
    return url.host === '' ? fileURLToPath(url) : resolve(decodeURIComponent(path));
  } catch {
    return undefined;
  }
}
