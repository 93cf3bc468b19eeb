import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Ended } from '@exact-spotter/testing';
import { describe, expect, it, vi } from 'vitest';
import { openBatches } from '../src/output/batch-output.ts';
import { BatchFolder } from '../src/output/batch-file.ts';
import { batchesIn, batchRoot, recordsIn, summary } from './batches.ts';
import { readStreams, serve, type Message, type Row } from './scripted.ts';
import { file, tap } from './tap.ts';

const rows = (count: number): Row[] =>
  Array.from({ length: count }, (_, at) => ({ id: at + 1, value: `número ${at + 1}` }));
const sub = (id: number): Row => ({ id, value: `sub ${id}` });
const FAMILY = ['sources', 'sources__subSources'];

async function read(
  sets: Readonly<Record<string, readonly Row[]>>,
  streams: readonly string[],
  settings: object,
): Promise<Ended & { readonly messages: readonly Message[] }> {
  const server = await serve(sets);
  try {
    return await readStreams(server.url, streams, { settings });
  } finally {
    server.stop();
  }
}

describe('batch files', () => {
  it.each(['gzip', 'none'] as const)(
    'contain the same records as RECORD messages (compression: %s)',
    async (compression) => {
      const sets = { industries: rows(1200) };
      const plain = await read(sets, ['industries'], {});
      const root = batchRoot();
      const { code, stderr, messages } = await read(
        sets,
        ['industries'],
        batchesIn(pathToFileURL(root).href, { compression }),
      );
      expect(code, stderr).toBe(0);
      expect(messages.map(({ type }) => type)).toEqual([
        'SCHEMA',
        'BATCH',
        'ACTIVATE_VERSION',
        'STATE',
      ]);
      const [, batch, activated] = messages;
      const { encoding, manifest, ...about } = batch ?? { type: '' };
      expect(encoding).toEqual({ format: 'jsonl', compression });
      const records = plain.messages.filter(({ type }) => type === 'RECORD');
      expect(recordsIn(batch)).toEqual(records.map(({ record }) => record));
      // The BATCH message has the same members as a RECORD message, except for the record.
      expect(Object.keys(about)).toEqual(['type', 'stream', 'version', 'time_extracted']);
      expect(about.version).toBe(activated?.version);
      expect(about.time_extracted).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      const name = `^p-tap-exactsales--industries-[-0-9a-f]{36}-1\\.jsonl${compression === 'gzip' ? '\\.gz' : ''}$`;
      expect(readdirSync(root)).toEqual([expect.stringMatching(name)]);
      expect(dirname(fileURLToPath(manifest?.[0] ?? ''))).toBe(root);
    },
  );

  it.skipIf(process.platform === 'win32')(
    'can be read only by the user (not on Windows)',
    async () => {
      const root = batchRoot();
      await read({ industries: rows(2) }, ['industries'], batchesIn(root));
      const modes = readdirSync(root).map((name) => statSync(join(root, name)).mode & 0o777);
      expect(modes).toEqual([0o600]);
    },
  );

  it('have different names in every run', async () => {
    const root = batchRoot();
    for (let run = 0; run < 2; run += 1) {
      await read({ industries: rows(2) }, ['industries'], batchesIn(root));
    }
    expect(readdirSync(root)).toHaveLength(2);
  });

  it('have up to batch_size rows, and a STATE follows each full file', async () => {
    const { messages } = await read(
      { industries: rows(1200) },
      ['industries'],
      batchesIn(batchRoot(), { batch_size: 700 }),
    );
    const kinds = messages.map(({ type }) => type);
    const sizes = messages
      .filter(({ type }) => type === 'BATCH')
      .map((one) => recordsIn(one).length);
    expect(sizes).toEqual([700, 300, 200]);
    expect(kinds).toEqual([
      ...['SCHEMA', 'BATCH', 'BATCH', 'STATE', 'BATCH', 'ACTIVATE_VERSION', 'STATE'],
    ]);
  });

  it('contain mapped rows and have names that file systems accept', async () => {
    const root = batchRoot();
    const stream_maps = { industries: { __alias__: 'a/b c', nome: 'value', value: null } };
    const { messages } = await read({ industries: rows(1) }, ['industries'], {
      ...batchesIn(root),
      stream_maps,
    });
    const batch = messages.find(({ type }) => type === 'BATCH');
    expect(batch?.stream).toBe('a/b c');
    expect(recordsIn(batch)).toEqual([{ id: 1, active: null, nome: 'número 1' }]);
    expect(readdirSync(root)[0]).toMatch(/^p-tap-exactsales--a_b_c-/);
  });

  it('are not written with --test', async () => {
    const server = await serve({ industries: rows(3) });
    const root = batchRoot();
    const settings = { api_token: 'canary-of-scripts', api_url: server.url, ...batchesIn(root) };
    const { stdout } = await tap(['--config', file('tap.json', settings), '--test']);
    server.stop();
    expect(stdout).toContain('{"type":"RECORD","stream":"industries"');
    expect(existsSync(root)).toBe(false);
  });
});

describe('the batches of a family are written together, parents first,', () => {
  it.each<[string, number, Row[], string[]]>([
    [
      'at the end of the read',
      100,
      [
        { id: 1, subSources: [sub(11), sub(12)] },
        { id: 2, subSources: [] },
        { id: 3, subSources: [sub(31)] },
      ],
      ['sources: 1 2 3', 'sources__subSources: 11 12 31'],
    ],
    [
      'when the children are full',
      2,
      [
        { id: 1, subSources: [sub(11), sub(12), sub(13)] },
        { id: 2, subSources: [sub(21)] },
      ],
      ['sources: 1', 'sources__subSources: 11 12', 'sources: 2', 'sources__subSources: 13 21'],
    ],
    [
      'when the parents are full',
      1,
      [
        { id: 1, subSources: [] },
        { id: 2, subSources: [sub(21)] },
      ],
      ['sources: 1', 'sources: 2', 'sources__subSources: 21'],
    ],
    [
      'when a parent is sent again and replaces its first children',
      100,
      [
        { id: 1, subSources: [sub(11), sub(12)] },
        { id: 2, subSources: [sub(21)] },
        { id: 1, subSources: [sub(12)] },
      ],
      [
        ...['sources: 1 2', 'sources__subSources: 11 12 21'],
        ...['sources: 1', 'sources__subSources: 12', 'STATE'],
      ],
    ],
    [
      'when a parent is sent again and some of its first children follow a full file',
      2,
      [
        { id: 1, subSources: [sub(11), sub(12), sub(13)] },
        { id: 1, subSources: [sub(12)] },
      ],
      [
        ...['sources: 1', 'sources__subSources: 11 12', 'sources__subSources: 13'],
        ...['sources: 1', 'sources__subSources: 12', 'STATE'],
      ],
    ],
  ])('%s', async (_case, batch_size, sources, batches) => {
    const settings = batchesIn(batchRoot(), { batch_size });
    const { messages } = await read({ sources }, FAMILY, settings);
    expect(summary(messages)).toEqual([
      'SCHEMA sources',
      'SCHEMA sources__subSources',
      ...batches,
      'ACTIVATE_VERSION sources',
      'ACTIVATE_VERSION sources__subSources',
      'STATE',
    ]);
  });

  it('under the names that stream maps assign', async () => {
    const stream_maps = { sources: { __alias__: 'origens', origem: 'id', id: null } };
    const sources = [1, 2, 1].map((id) => ({ id, subSources: [sub(10 + id)] }));
    const { messages } = await read({ sources }, FAMILY, {
      ...batchesIn(batchRoot()),
      stream_maps,
    });
    const batches = messages.filter(({ type }) => type === 'BATCH');
    expect(batches.map(({ stream }) => stream)).toEqual([
      ...['origens', 'sources__subSources', 'origens', 'sources__subSources'],
    ]);
  });
});

it('holds a STATE back for up to 30 seconds', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const written: string[] = [];
  const output = {
    write: (text: string) => Promise.resolve(void written.push(text.slice(0, 14))),
    flush: () => Promise.resolve(),
    waited: 0,
  };
  const config = { encoding: { format: 'jsonl' }, storage: { root: batchRoot() } } as const;
  const batches = await openBatches(config, 'x', output);
  await batches.write([{ type: 'RECORD', stream: 't', record: { id: 1 } }]);
  for (const seconds of [29, 2]) {
    vi.advanceTimersByTime(seconds * 1000);
    written.push(`${seconds} seconds`);
    await batches.state(() => ({}));
  }
  vi.useRealTimers();
  await batches.end();
  expect(written).toEqual(['29 seconds', '2 seconds', '{"type":"BATCH', '{"type":"STATE']);
});

it('writes x-covered after the BATCH messages of the window', async () => {
  const meetings = [{ id: 1, startTime: new Date().toISOString() }];
  const { messages } = await read({ meetings }, ['meetings'], batchesIn(batchRoot()));
  expect(messages.map(({ type }) => type)).toEqual([
    ...['SCHEMA', 'BATCH', 'SCHEMA', 'ACTIVATE_VERSION', 'STATE'],
  ]);
  expect(messages[2]?.schema?.['x-covered']).toBeDefined();
});

it('ends with one error and no STATE if a file cannot be written', async () => {
  const root = batchRoot();
  const server = await serve({ industries: rows(1200) }, () =>
    rmSync(root, { recursive: true, force: true }),
  );
  const { code, stderr, messages } = await readStreams(server.url, ['industries'], {
    settings: batchesIn(root),
  });
  server.stop();
  expect(code).toBe(1);
  expect(messages.map(({ type }) => type)).toEqual(['SCHEMA']);
  expect(stderr).toMatch(/CRITICAL Cannot write the batch file \S+ \(ENOENT\)/);
  expect(stderr.match(/CRITICAL/g)).toHaveLength(1);
});

it('deletes a file that is still being created when another file fails', async () => {
  const root = batchRoot();
  const make = Reflect.get(BatchFolder.prototype, 'file');
  const otherFailed = Promise.withResolvers<undefined>();
  const made = vi.spyOn(BatchFolder.prototype, 'file').mockImplementation(async function (
    this: BatchFolder,
    stream,
  ) {
    if (stream === 'slow') await otherFailed.promise;
    return make.call(this, stream).finally(() => otherFailed.resolve(undefined));
  });
  const storage = { root, prefix: 'x'.repeat(190) };
  const output = { write: () => Promise.resolve(), flush: () => Promise.resolve(), waited: 0 };
  const batches = await openBatches({ encoding: { format: 'jsonl' }, storage }, 'x', output);
  const stream = 'too-long-for-the-name-of-a-file-behind-such-a-prefix';
  const columns = { parent: 'id' };
  const schema = { 'x-parent': { table: 'slow', array: 'all', columns } };
  const declared = { type: 'SCHEMA', stream, schema, key_properties: [] } as const;
  const written = batches.write([
    declared,
    { type: 'RECORD', stream: 'slow', record: { id: 1 } },
    { type: 'RECORD', stream, record: { parent: 1 } },
    declared,
  ]);
  await expect(written).rejects.toThrow('ENAMETOOLONG');
  await expect(batches.end()).rejects.toThrow('ENAMETOOLONG');
  await Promise.allSettled(made.mock.results.map(({ value }) => value as unknown));
  expect(made).toHaveBeenCalledTimes(2);
  made.mockRestore();
  expect(readdirSync(root)).toEqual([]);
});

describe('batch_config', () => {
  const encoding = { format: 'jsonl' };
  const root = batchRoot();
  mkdirSync(root);
  writeFileSync(join(root, 'file'), '');

  it.each<[string, unknown, RegExp]>([
    ['no encoding', { storage: { root } }, /encoding\.format" must be jsonl/],
    [
      'parquet',
      { encoding: { format: 'parquet' }, storage: { root } },
      /encoding\.format" must be jsonl/,
    ],
    [
      'zstd',
      { encoding: { ...encoding, compression: 'zstd' }, storage: { root } },
      /encoding\.compression" must be gzip or none/,
    ],
    ['no storage', { encoding }, /storage\.root" must be a folder/],
    [
      'a bucket',
      { encoding, storage: { root: 's3://bucket/x' } },
      /storage\.root" must be a folder/,
    ],
    ['no folder', { encoding, storage: { root: 'file://' } }, /storage\.root" must be a folder/],
    [
      'storage options',
      { encoding, storage: { root, params: {} } },
      /"batch_config\.storage\.params" is not supported/,
    ],
    [
      'a prefix with a path',
      { encoding, storage: { root, prefix: '../x' } },
      /storage\.prefix" must be the beginning of a file name/,
    ],
    [
      'a batch size of 0',
      { encoding, storage: { root }, batch_size: 0 },
      /"batch_config\/batch_size" must be/,
    ],
    ['a string', 'gzip', /"batch_config" must be object/],
    [
      'a folder whose parent does not exist',
      { encoding, storage: { root: join(root, 'a', 'b') } },
      /storage\.root": cannot create the folder \S+ \(ENOENT\)/,
    ],
    [
      'a file',
      { encoding, storage: { root: join(root, 'file') } },
      /storage\.root": cannot create the folder \S+ \(EEXIST\)/,
    ],
  ])('is rejected before any request: %s', async (_case, batch_config, sentence) => {
    const server = await serve({});
    const { code, stdout, stderr } = await readStreams(server.url, ['industries'], {
      settings: { batch_config },
    });
    server.stop();
    expect(stderr).toMatch(sentence);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(server.asked).toHaveLength(0);
  });

  it.each([
    ['a path', (folder: string) => folder],
    [
      'a relative path after file://, as in the example of the Singer SDK',
      () => 'file://here/files',
    ],
    ['a URL', (folder: string) => pathToFileURL(folder).href],
  ])('accepts %s as storage.root', async (_case, rootOf) => {
    const folder = batchRoot();
    mkdirSync(join(dirname(folder), 'here'));
    const config = file('tap.json', {
      ...{ api_token: 'x', api_url: 'http://127.0.0.1:9', max_retries: 0 },
      ...batchesIn(rootOf(folder)),
    });
    const { code } = await tap(['--config', config], {}, dirname(folder));
    expect(code).toBe(1);
    expect(existsSync(folder) || existsSync(join(dirname(folder), 'here', 'files'))).toBe(true);
  });
});
