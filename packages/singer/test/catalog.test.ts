import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  catalogEntry,
  readCatalog,
  selection,
  SettingsError,
  type CatalogEntry,
} from '../src/index.ts';

const schema = { type: 'object', properties: { id: {}, at: {}, name: {} } };
const entry = catalogEntry({
  stream: 'leads',
  schema,
  keyProperties: ['id'],
  replicationMethod: 'INCREMENTAL',
  replicationKey: 'at',
});

function withMetadata(breadcrumb: string[], metadata: Record<string, unknown>): CatalogEntry {
  const others = entry.metadata.filter((item) => item.breadcrumb.join() !== breadcrumb.join());
  const own = entry.metadata.find((item) => item.breadcrumb.join() === breadcrumb.join());
  return {
    ...entry,
    metadata: [...others, { breadcrumb, metadata: { ...own?.metadata, ...metadata } }],
  };
}

/** Returns the schema with keywords inside a column's schema. */
function withColumn(name: string, keywords: object): CatalogEntry['schema'] {
  return { ...schema, properties: { ...schema.properties, [name]: keywords } };
}

describe('catalogEntry', () => {
  it('returns metadata for the stream and every column, and makes keys automatic', () => {
    expect(entry).toMatchObject({
      tap_stream_id: 'leads',
      stream: 'leads',
      schema,
      key_properties: ['id'],
      replication_key: 'at',
      replication_method: 'INCREMENTAL',
    });
    expect(entry.metadata).toEqual([
      {
        breadcrumb: [],
        metadata: {
          inclusion: 'available',
          'selected-by-default': true,
          'table-key-properties': ['id'],
          'forced-replication-method': 'INCREMENTAL',
          'valid-replication-keys': ['at'],
        },
      },
      { breadcrumb: ['properties', 'id'], metadata: { inclusion: 'automatic' } },
      { breadcrumb: ['properties', 'at'], metadata: { inclusion: 'automatic' } },
      { breadcrumb: ['properties', 'name'], metadata: { inclusion: 'available' } },
    ]);
  });
});

describe('selection', () => {
  it.each<[string, CatalogEntry, boolean, string[]]>([
    ['selects everything by default', entry, true, ['id', 'at', 'name']],
    ['selects everything without metadata', { ...entry, metadata: [] }, true, ['id', 'at', 'name']],
    [
      'does not select a deselected stream',
      withMetadata([], { selected: false }),
      false,
      ['id', 'at', 'name'],
    ],
    [
      'lets selected override selected-by-default',
      withMetadata([], { selected: true, 'selected-by-default': false }),
      true,
      ['id', 'at', 'name'],
    ],
    [
      'does not select a stream that is not selected by default',
      withMetadata([], { 'selected-by-default': false }),
      false,
      ['id', 'at', 'name'],
    ],
    [
      'leaves out a deselected column',
      withMetadata(['properties', 'name'], { selected: false }),
      true,
      ['id', 'at'],
    ],
    [
      'keeps a deselected key column',
      withMetadata(['properties', 'id'], { selected: false }),
      true,
      ['id', 'at', 'name'],
    ],
    [
      'leaves out an unsupported column even if it is selected',
      withMetadata(['properties', 'name'], { inclusion: 'unsupported', selected: true }),
      true,
      ['id', 'at'],
    ],
    [
      'reads selected from the schema, as in old catalogs',
      { ...entry, schema: { ...schema, selected: false } },
      false,
      ['id', 'at', 'name'],
    ],
    [
      'reads inclusion from the schema, as in old catalogs',
      { ...entry, schema: { ...schema, inclusion: 'unsupported' } },
      false,
      ['id', 'at', 'name'],
    ],
    ...[{ selected: false }, { inclusion: 'unsupported' }].map(
      (old): [string, CatalogEntry, boolean, string[]] => [
        `leaves out a column with ${JSON.stringify(old)} in its schema, as in old catalogs`,
        { ...entry, schema: withColumn('name', old) },
        true,
        ['id', 'at'],
      ],
    ),
    [
      'leaves out a column with "selected": false in its schema if there is no metadata',
      { ...entry, metadata: [], schema: withColumn('name', { selected: false }) },
      true,
      ['id', 'at'],
    ],
    [
      'keeps a key column with "selected": false in its schema',
      { ...entry, schema: withColumn('id', { selected: false }) },
      true,
      ['id', 'at', 'name'],
    ],
    [
      'lets selected in the metadata override selected in the schema',
      {
        ...withMetadata(['properties', 'name'], { selected: true }),
        schema: withColumn('name', { selected: false }),
      },
      true,
      ['id', 'at', 'name'],
    ],
    [
      'keeps a column that is automatic in the schema',
      {
        ...withMetadata(['properties', 'name'], { selected: false }),
        schema: withColumn('name', { inclusion: 'automatic' }),
      },
      true,
      ['id', 'at', 'name'],
    ],
  ])('%s', (_name, catalog, selected, properties) => {
    expect(selection(catalog)).toMatchObject({ selected, properties: new Set(properties) });
  });

  it('reads the replication method and key from the entry itself if the metadata lacks them', () => {
    expect(selection(entry)).toMatchObject({
      replicationMethod: 'INCREMENTAL',
      replicationKey: 'at',
    });
    expect(selection(withMetadata([], { 'replication-method': 'FULL_TABLE' }))).toMatchObject({
      replicationMethod: 'FULL_TABLE',
    });
  });
});

describe('readCatalog', () => {
  const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('reads what discovery prints', async () => {
    const catalog = { streams: [entry] };
    expect(await readCatalog(file('good.json', JSON.stringify(catalog)))).toEqual(catalog);
  });

  it.each([
    ['a file with invalid JSON', file('no-json', '{"streams": [secret'), 'is not valid JSON'],
    ['a file that contains a state', file('state.json', '{"bookmarks": {}}'), 'is not a catalog'],
    ...['{"schema": null}', '{"metadata": {}}', '{"metadata": [{"metadata": {}}]}'].map(
      (entry): [string, string, string] => [
        `a file with an entry like ${entry}`,
        file('entry.json', `{"streams": [{"stream": "leads", ${entry.slice(1)}]}`),
        'is not a catalog',
      ],
    ),
    ['a file with an unnamed stream', file('names.json', '{"streams": [{}]}'), 'is not a catalog'],
    ['a file that does not exist', join(folder, 'absent.json'), 'cannot be read (ENOENT)'],
  ])('refuses %s and names the file', async (_name, path, reason) => {
    const refusal = readCatalog(path);
    await expect(refusal).rejects.toThrow(SettingsError);
    await expect(refusal).rejects.toThrow(path);
    await expect(refusal).rejects.toThrow(reason);
    await expect(refusal).rejects.not.toThrow('secret');
  });
});
