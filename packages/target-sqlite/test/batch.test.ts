import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
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

describe('BATCH', () => {
  it('loads the records of its files, plain and gzip, where it stands', async () => {
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

  it('keeps a bad record aside as a Singer line', async () => {
    const target = new TestTarget({ on_invalid_record: 'quarantine' });
    writeFileSync(join(target.folder, 'a.jsonl'), '{"id":"x"}\n');
    await target.load(lines(declared, { ...batch([url(target, 'a.jsonl')]), version: 4 }));
    expect(target.query('SELECT message FROM _singer_quarantine')).toEqual([
      { message: '{"type":"RECORD","stream":"t","record":{"id":"x"},"version":4}' },
    ]);
  });

  it.each<[string, (target: TestTarget) => object, string]>([
    [
      'that lies elsewhere',
      () => batch(['file:///etc/hostname']),
      'does not lie in the folder of the settings file',
    ],
    [
      'that lies elsewhere by dots',
      (target) => batch([`${pathToFileURL(target.folder).href}/../x/../../etc/hostname`]),
      'does not lie in the folder',
    ],
    [
      'that lies elsewhere by a link',
      (target) => {
        symlinkSync('/etc/hostname', join(target.folder, 'link'));
        return batch([url(target, 'link')]);
      },
      'does not lie in the folder',
    ],
    ['that is not there', (target) => batch([url(target, 'none')]), 'cannot be read (ENOENT)'],
    [
      'of another machine',
      () => batch(['https://example.com/a']),
      'only files of this machine are taken',
    ],
    [
      'of another format',
      (target) => batch([url(target, 'a')], { format: 'parquet' }),
      'are taken as jsonl, plain or gzip',
    ],
    [
      'that is no gzip',
      (target) => {
        writeFileSync(join(target.folder, 'a'), 'canary');
        return batch([url(target, 'a')], { format: 'jsonl', compression: 'gzip' });
      },
      'cannot be read (Z_DATA_ERROR)',
    ],
    [
      'with a line that is no record',
      (target) => {
        writeFileSync(join(target.folder, 'a'), '{"id":1}\ncanary\n');
        return batch([url(target, 'a')]);
      },
      'of the BATCH, line 2: the line is no valid JSON',
    ],
    [
      'with a bad record',
      (target) => {
        writeFileSync(join(target.folder, 'a'), '{"id":1}\n{"id":"canary"}\n');
        return batch([url(target, 'a')]);
      },
      'of the BATCH, line 2, stream "t", column "id": the value is a string',
    ],
  ])('refuses a file %s', async (_name, message, reason) => {
    const target = new TestTarget();
    const { code, stderr } = await target.run(lines(declared, message(target)));
    expect(code).toBe(1);
    expect(stderr).toMatch(/line 2, stream "t": (?:in )?the file /);
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain('canary');
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
