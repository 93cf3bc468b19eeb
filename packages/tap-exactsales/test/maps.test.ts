import { readFileSync } from 'node:fs';
import { tableNames, tables } from '@exact-spotter/schema';
import { mapSettings } from '@exact-spotter/stream-maps';
import { describe, expect, it } from 'vitest';
import { file, tap } from './tap.ts';

const settings = { api_token: 'canary-token', api_url: 'http://127.0.0.1:9' };

/** A catalog that selects these columns of these streams, and nothing else. */
function only(streams: Readonly<Record<string, readonly string[]>>): object {
  const metadata = (columns: readonly string[], stream: string): object[] => [
    { breadcrumb: [], metadata: { selected: true } },
    ...Object.keys(tables[stream as keyof typeof tables].properties).map((name) => ({
      breadcrumb: ['properties', name],
      metadata: { selected: columns.includes(name) },
    })),
  ];
  const entries = Object.entries(streams).map(([stream, columns]) => ({
    stream,
    metadata: metadata(columns, stream),
  }));
  return { streams: entries };
}

const ALL = { streams: tableNames.map((stream) => ({ stream, selected: true })) };

/** Writes the schemas of a catalog's streams with maps, without the network. */
async function mapped(
  maps: object,
  catalog: object = ALL,
): Promise<{ code: number | null; stderr: string; columns: Record<string, string[]> }> {
  const config = file('tap.json', { ...settings, ...maps });
  const args = ['--config', config, '--catalog', file('catalog.json', catalog), '--test=schema'];
  const { code, stdout, stderr } = await tap(args);
  const schemas = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { stream: string; schema: { properties: object } });
  const columns = schemas.map(({ stream, schema }) => [stream, Object.keys(schema.properties)]);
  return { code, stderr, columns: Object.fromEntries(columns) as Record<string, string[]> };
}

describe('stream maps are checked against every table and column:', () => {
  const sdrs = only({ sdrs: ['id', 'name'] });

  it.each<[string, object, string]>([
    ['a misspelled stream', { lead: { cpf: null } }, 'Did you mean "leads"?'],
    ['a stream of another tap', { invoices: null }, '"invoices" matches no stream'],
    [
      'a pattern that matches nothing',
      { 'x*': null },
      '"x*" matches no stream and has no effect. Correct the name',
    ],
    [
      'a misspelled source',
      { contacts: { __source__: 'leadpersons' } },
      'Did you mean "leadspersons"?',
    ],
    ['a misspelled dropped column', { leads: { cpff: null } }, 'Did you mean "cpf"?'],
    [
      'a dropped column that no stream of a pattern has',
      { 'leads*': { nome: null } },
      'drops the column "nome"',
    ],
    [
      'a misspelled column in an expression',
      { leads: { x: 'leed.upper()' } },
      'did you mean "lead"',
    ],
    [
      'a misspelled column in a filter',
      { leads: { __filter__: 'stag == 1' } },
      'did you mean "stage"',
    ],
    ['a dropped key', { leads: { id: null } }, 'drops the key column "id"'],
  ])('%s ends with exit code 2', async (_case, stream_maps, sentence) => {
    for (const catalog of [ALL, sdrs]) {
      const { code, stderr, columns } = await mapped({ stream_maps }, catalog);
      expect(stderr).toContain(sentence);
      expect({ code, columns }).toEqual({ code: 2, columns: {} });
    }
  });

  it('several wrong maps are reported together', async () => {
    const stream_maps = { leed: null, leads: { cpff: null, x: 'leed' }, sdrs: { nam: null } };
    const { stderr } = await mapped({ stream_maps }, sdrs);
    for (const name of ['"leed" matches', '"cpff"', '"leed": did you mean', '"nam"']) {
      expect(stderr).toContain(name);
    }
  });
});

describe('stream maps may name', () => {
  it('streams and columns that the catalog does not select', async () => {
    const stream_maps = {
      leads: { cpf: null, phone1: 'sha256(phone1)', alias: 'lead' },
      sdrs: { email: null },
      users: { __alias__: 'sdrs' },
    };
    const { code, stderr, columns } = await mapped({ stream_maps }, only({ leads: ['lead'] }));
    expect(code, stderr).toBe(0);
    // A deselected column is not created by its map.
    expect(columns).toEqual({ leads: ['id', 'lead', 'updatedate', 'alias'] });
  });

  it('patterns that fit only some of the streams that they match', async () => {
    const stream_maps = { 'leads*': { x: 'lead.upper()', cpf: null } };
    const { code, stderr, columns } = await mapped(
      { stream_maps },
      only({ leads: ['lead', 'cpf'] }),
    );
    expect(code, stderr).toBe(0);
    expect(columns).toEqual({ leads: ['id', 'lead', 'updatedate', 'x'] });
  });

  it('the column for unknown fields', async () => {
    const stream_maps = { leads: { extra: null } };
    for (const unknown_fields of ['keep', 'report']) {
      const { code, stderr, columns } = await mapped({ stream_maps, unknown_fields });
      expect(code, stderr).toBe(0);
      expect(columns['leads']).not.toContain('extra');
    }
  });

  it('no deselected column in an expression for another column', async () => {
    const stream_maps = { leads: { hashed: 'sha256(cpf)' } };
    const { code, stderr } = await mapped({ stream_maps }, only({ leads: ['lead'] }));
    expect(code).toBe(2);
    expect(stderr).toContain('the catalog does not select the column "cpf": select it');
  });
});

it('the example in the description of stream_maps drops a column', async () => {
  const [example = ''] = /\{"[^.]+\}/.exec(mapSettings.stream_maps.description) ?? [];
  const { code, stderr, columns } = await mapped({ stream_maps: JSON.parse(example) as object });
  expect(code, stderr).toBe(0);
  expect(columns['leads']).toContain('lead');
  expect(columns['leads']).not.toContain('cpf');
});

describe('STREAM-MAPS.md', () => {
  const page = readFileSync(new URL('../../stream-maps/STREAM-MAPS.md', import.meta.url), 'utf8');

  it('has an example about personal data that works', async () => {
    const [, example = ''] = /```json\n(\{\n {2}"stream_maps".*?)```/s.exec(page) ?? [];
    const { code, stderr, columns } = await mapped(JSON.parse(example) as object);
    expect(code, stderr).toBe(0);
    expect(columns['leadspersons__persons']).toContain('persons_email_domain');
    expect(columns['leadspersons__persons']).not.toContain('persons_name');
  });

  it('has a table of entries for streams that work', async () => {
    const [, table = ''] = /## Streams\n(.*?)\n## /s.exec(page) ?? [];
    const entries = Array.from(table.matchAll(/^\| `(".*?)` +\|/gm), ([, entry = '']) => entry);
    expect(entries.length).toBeGreaterThan(4);
    for (const entry of entries) {
      const stream_maps = JSON.parse(`{${entry.replace('{ … }', '{}')}}`) as object;
      const { code, stderr } = await mapped({ stream_maps });
      expect(code, `${entry}: ${stderr}`).toBe(0);
    }
  });
});
