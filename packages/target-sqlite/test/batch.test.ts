import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { integer, lines, nullableText, schema, state, TestTarget } from './target.ts';

const declared = schema('t', { id: integer, j: { type: ['null', 'object'] }, v: nullableText }, [
  'id',
]);
const batch = (urls: readonly string[], encoding: object = { format: 'jsonl' }): object => ({
  type: 'BATCH',
  stream: 't',
  encoding,
  manifest: urls,
});
const url = (target: TestTarget, name: string): string =>
  pathToFileURL(join(target.folder, name)).href;

describe('a BATCH message', () => {
  it('loads the records of plain and gzip files in order', async () => {
    const target = new TestTarget();
    writeFileSync(
      join(target.folder, 'a.jsonl'),
      '{"id":1,"j":{"2":1.10,"1":2}}\n{"id":2,"v":"old"}\n',
    );
    mkdirSync(join(target.folder, 'deep'));
    writeFileSync(
      join(target.folder, 'deep', 'b.jsonl.gz'),
      gzipSync('{"id":2,"v":"new"}\n{"id":3}'),
    );
    const printed = await target.load(
      lines(
        declared,
        batch([url(target, 'a.jsonl')]),
        batch([url(target, 'deep/b.jsonl.gz')], { format: 'jsonl', compression: 'gzip' }),
        state({ a: 1 }),
      ),
    );
    expect(printed).toBe('{"a":1}\n');
    expect(target.rows('t')).toEqual([
      { id: 1, j: '{"2":1.10,"1":2}', v: null },
      { id: 2, j: null, v: 'new' },
      { id: 3, j: null, v: null },
    ]);
  });

  it.each([
    [{}, '}'],
    [{ version: 4 }, ',"version":4}'],
    [
      { version: 4, time_extracted: '2026-01-01T00:00:00Z' },
      ',"version":4,"time_extracted":"2026-01-01T00:00:00Z"}',
    ],
  ])(
    'quarantines an invalid record as a RECORD message with the properties of the BATCH message: %j',
    async (more, end) => {
      const target = new TestTarget({ on_invalid_record: 'quarantine' });
      writeFileSync(join(target.folder, 'a.jsonl'), '{"id":"x"}\n');
      await target.load(lines(declared, { ...batch([url(target, 'a.jsonl')]), ...more }));
      expect(target.query('SELECT message FROM _singer_quarantine')).toEqual([
        { message: `{"type":"RECORD","stream":"t","record":{"id":"x"}${end}` },
      ]);
    },
  );

  it('stores its version and time_extracted in every row', async () => {
    const target = new TestTarget();
    writeFileSync(join(target.folder, 'a.jsonl'), '{"id":1}\n{"id":2}\n');
    const said = { version: 4, time_extracted: '2026-01-01T00:00:00Z' };
    await target.load(lines(declared, { ...batch([url(target, 'a.jsonl')]), ...said }));
    const noted = { _sdc_extracted_at: '2026-01-01T00:00:00Z', _sdc_table_version: 4 };
    expect(target.query('SELECT _sdc_extracted_at, _sdc_table_version FROM t')).toEqual([
      noted,
      noted,
    ]);
  });

  it.each<[string, object, boolean]>([
    ['is kept by default', {}, true],
    ['is deleted if clean_up_batch_files is on', { clean_up_batch_files: true }, false],
    [
      'is deleted if clean_up_batch_files is on and load_method is overwrite',
      { clean_up_batch_files: true, load_method: 'overwrite' },
      false,
    ],
  ])('has a file that %s after its rows are committed', async (_case, settings, stays) => {
    const target = new TestTarget(settings);
    const file = join(target.folder, 'a.jsonl');
    writeFileSync(file, '{"id":1}\n');
    await target.load(lines(declared, batch([url(target, 'a.jsonl')]), state({ a: 1 })));
    expect(existsSync(file)).toBe(stays);
    expect(target.rows('t')).toHaveLength(1);
  });

  it.each<[string, object]>([
    ['in a later transaction', {}],
    ['before staged rows are published', { load_method: 'overwrite', batch_size_rows: 1 }],
  ])('keeps the files of uncommitted rows if the run fails %s', async (_case, settings) => {
    const target = new TestTarget({ clean_up_batch_files: true, ...settings });
    for (const name of ['a', 'b']) writeFileSync(join(target.folder, name), '{"id":1}\n');
    const named = (name: string): object => batch([url(target, name)]);
    const { code } = await target.run(
      lines(declared, named('a'), state({ a: 1 }), named('b'), { type: 'RECORD' }),
    );
    expect(code).toBe(1);
    expect(existsSync(join(target.folder, 'a'))).toBe('load_method' in settings);
    expect(existsSync(join(target.folder, 'b'))).toBe(true);
  });

  it.each<[string, (target: TestTarget) => object, string]>([
    [
      'in another folder',
      () => batch(['file:///etc/hostname']),
      'is outside the folder of the settings file',
    ],
    [
      'in another folder, reached through ..',
      // Extra `..` have no effect at the root, so the depth of the temporary folder does not matter.
      (target) => batch([`${pathToFileURL(target.folder).href}${'/..'.repeat(20)}/etc/hostname`]),
      'is outside the folder',
    ],
    [
      'in another folder, reached through a link',
      (target) => {
        symlinkSync('/etc/hostname', join(target.folder, 'link'));
        return batch([url(target, 'link')]);
      },
      'is outside the folder',
    ],
    ['that does not exist', (target) => batch([url(target, 'none')]), 'cannot be read (ENOENT)'],
    [
      'on another machine',
      () => batch(['https://example.com/a']),
      'only local files (file://) can be read',
    ],
    [
      'in an unsupported format',
      (target) => batch([url(target, 'a')], { format: 'parquet' }),
      'must have the format jsonl, plain or gzip',
    ],
    [
      'that is not gzip',
      (target) => {
        writeFileSync(join(target.folder, 'a'), 'canary');
        return batch([url(target, 'a')], { format: 'jsonl', compression: 'gzip' });
      },
      'cannot be read (Z_DATA_ERROR)',
    ],
    [
      'with a line that is not JSON',
      (target) => {
        writeFileSync(join(target.folder, 'a'), '{"id":1}\ncanary\n');
        return batch([url(target, 'a')]);
      },
      ', line 2: the line is not valid JSON',
    ],
    [
      'with an invalid record',
      (target) => {
        writeFileSync(join(target.folder, 'a'), '{"id":1}\n{"id":"canary"}\n');
        return batch([url(target, 'a')]);
      },
      ', line 2, stream "t", column "id": the value is a string',
    ],
  ])('refuses a file %s', async (_name, message, reason) => {
    const target = new TestTarget();
    const { code, stderr } = await target.run(lines(declared, message(target)));
    expect(code).toBe(1);
    expect(stderr).toMatch(/line 2, stream "t": (?:in )?the BATCH file /);
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain('canary');
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
