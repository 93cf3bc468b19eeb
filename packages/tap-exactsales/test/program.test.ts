import { tables } from '@exact-spotter/schema';
import type { Catalog } from '@exact-spotter/singer';
import { describe, expect, it } from 'vitest';
import { file, tap } from './tap.ts';

const TOKEN = 'canary-token';
/** Nothing listens on this port. */
const UNREACHABLE = 'http://127.0.0.1:9';

describe('--discover', () => {
  it('prints the catalog of all streams without settings', async () => {
    const { code, stdout, stderr } = await tap(['--discover']);
    const { streams } = JSON.parse(stdout) as Catalog;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(streams.map(({ stream }) => stream)).toEqual(Object.keys(tables));
    const columns = streams.flatMap(({ schema }) => Object.keys(schema['properties'] ?? {}));
    expect(columns).toEqual(
      Object.values(tables).flatMap(({ properties }) => Object.keys(properties)),
    );
  });

  it('selects the documented streams and the funnels by default, but no other streams', async () => {
    const { streams } = JSON.parse((await tap(['--discover'])).stdout) as Catalog;
    const metadata = streams.map((entry) => entry.metadata[0]?.metadata ?? {});
    expect(new Set(metadata.map(({ inclusion }) => inclusion))).toEqual(new Set(['available']));
    const left = streams.filter((_, at) => metadata[at]?.['selected-by-default'] === false);
    expect(left.map(({ stream }) => stream)).toEqual([
      ...['transferhistory', 'customfields', 'customfields__options', 'products'],
      ...['recommendedproducts', 'pendingfeedbacks', 'taskstypes', 'discardreasons'],
      ...['groups', 'users'],
    ]);
  });

  it('adds a column for unknown fields to every stream only if unknown fields are kept', async () => {
    const config = file('tap.json', { unknown_fields: 'keep' });
    const [without, kept] = await Promise.all([
      tap(['--discover']),
      tap(['--discover', '--config', config]),
    ]);
    expect(without.stdout).not.toContain('"extra"');
    expect(kept.code, kept.stderr).toBe(0);
    const { streams } = JSON.parse(kept.stdout) as Catalog;
    for (const { schema, metadata } of streams) {
      expect(schema['properties']).toHaveProperty('extra');
      expect(metadata.at(-1)).toEqual({
        breadcrumb: ['properties', 'extra'],
        metadata: { inclusion: 'automatic' },
      });
    }
  });

  it('prints metadata for every column and omits internal keywords', async () => {
    const { streams } = JSON.parse((await tap(['--discover'])).stdout) as Catalog;
    const leads = streams.find(({ stream }) => stream === 'leads');
    const columns = Object.keys(leads?.schema['properties'] ?? {});
    expect(leads).toMatchObject({
      tap_stream_id: 'leads',
      key_properties: ['id'],
      replication_method: 'INCREMENTAL',
      replication_key: 'updatedate',
    });
    expect(leads?.metadata.slice(1).map(({ breadcrumb }) => breadcrumb[1])).toEqual(columns);
    const automatic = leads?.metadata.filter(
      ({ metadata }) => metadata['inclusion'] === 'automatic',
    );
    expect(automatic?.map(({ breadcrumb }) => breadcrumb[1])).toEqual(['id', 'updatedate']);
    expect(JSON.stringify(streams)).not.toMatch(/x-pt|x-documented|x-selected/);
    expect(leads?.schema).toMatchObject({
      'x-key': ['id'],
      'x-replication': { method: 'incremental' },
    });
  });
});

describe('wrong usage ends with exit code 2 and one sentence:', () => {
  it.each([
    ['no settings', [], 'The setting "api_token" is required'],
    ['an unknown option', ['--discovery'], 'see tap-exactsales --help'],
    ['a missing settings file', ['--config', '/nowhere/tap.json'], 'cannot be read (ENOENT)'],
    [
      'settings that are not JSON',
      ['--config', file('tap.json', `{"api_token": "${TOKEN}"`)],
      'is not valid JSON',
    ],
    [
      'a misspelt setting',
      ['--config', file('tap.json', { api_token: TOKEN, strat_date: '2024-01-01' })],
      'did you mean "start_date"?',
    ],
    [
      'an empty token',
      ['--config', file('tap.json', { api_token: '' })],
      'The setting "api_token" must be the token as Exact Spotter shows it',
    ],
    [
      'an invalid start date',
      ['--config', file('tap.json', { api_token: TOKEN, start_date: 'yesterday' })],
      'The setting "start_date" must be a date or a date-time',
    ],
    [
      'an unknown time zone',
      ['--config', file('tap.json', { api_token: TOKEN, timezone: 'Sao Paulo' })],
      'The setting "timezone" must be the IANA name',
    ],
    [
      'an invalid API URL',
      ['--config', file('tap.json', { api_token: TOKEN, api_url: 'api.exactspotter.com' })],
      'The setting "api_url" must be a URL',
    ],
    [
      'an invalid catalog',
      ['--config', file('tap.json', { api_token: TOKEN }), '--catalog', file('catalog.json', {})],
      'is not a catalog',
    ],
    [
      'a state that is not JSON',
      ['--config', file('tap.json', { api_token: TOKEN }), '--state', file('state.json', 'leads')],
      'is not valid JSON',
    ],
  ])('%s', async (_case, args, sentence) => {
    const { code, stdout, stderr } = await tap(args);
    expect(stderr).toContain(sentence);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toContain(TOKEN);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('several wrong settings, with one sentence for each', async () => {
    const config = file('tap.json', { page_size: 0, timezone: 'x', concurrency: 'four' });
    const { stderr } = await tap(['--config', config]);
    for (const name of ['api_token', 'page_size', 'timezone', 'concurrency']) {
      expect(stderr).toContain(`"${name}"`);
    }
  });
});

describe('a catalog that leaves nothing to read ends with exit code 1 and one sentence:', () => {
  const NO_STREAM = 'selects no stream, so there is nothing to read: set "selected": true';
  const UNKNOWN = "names none of this tap's streams, so there is nothing to read: recreate it";
  const config = file('tap.json', { api_token: TOKEN, api_url: UNREACHABLE, max_retries: 0 });
  const deselected = {
    tap_stream_id: 'leads',
    metadata: [{ breadcrumb: [], metadata: { selected: false } }],
  };

  it.each<[string, object[], string]>([
    ['no streams', [], UNKNOWN],
    ['only deselected streams', [deselected], NO_STREAM],
    [
      'only streams deselected in the schema',
      [{ stream: 'leads', schema: { selected: false } }],
      NO_STREAM,
    ],
    ['only unknown streams', [{ tap_stream_id: 'orders' }, { stream: 'invoices' }], UNKNOWN],
    ['a deselected and an unknown stream', [deselected, { stream: 'orders' }], NO_STREAM],
  ])('%s', async (_case, streams, sentence) => {
    const catalog = file('catalog.json', { streams });
    for (const more of [[], ['--test'], ['--test=schema']]) {
      const { code, stdout, stderr } = await tap([
        '--config',
        config,
        '--catalog',
        catalog,
        ...more,
      ]);
      expect(stderr).toContain(`The catalog ${catalog} ${sentence}`);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    }
  });
});

describe('an old catalog, which selects in the schema,', () => {
  const config = file('tap.json', { api_token: TOKEN, api_url: UNREACHABLE });

  /** Returns the columns that the tap sends of each stream that the catalog selects. */
  async function sent(streams: readonly object[]): Promise<Record<string, string[]>> {
    const catalog = file('catalog.json', { streams });
    const args = ['--config', config, '--catalog', catalog, '--test=schema'];
    const { code, stdout, stderr } = await tap(args);
    expect(code, stderr).toBe(0);
    const schemas = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { stream: string; schema: { properties: object } });
    return Object.fromEntries(
      schemas.map(({ stream, schema }) => [stream, Object.keys(schema.properties)]),
    );
  }

  it('can leave out streams', async () => {
    const { streams } = JSON.parse((await tap(['--discover'])).stdout) as Catalog;
    const old = streams.map((entry) => {
      if (entry.stream === 'losts')
        return { ...entry, schema: { ...entry.schema, inclusion: 'unsupported' } };
      return entry.stream === 'leads' ? { ...entry, schema: { selected: false } } : entry;
    });
    const names = Object.keys(await sent(old));
    expect(names).toContain('sdrs');
    expect(names).not.toContain('leads');
    expect(names).not.toContain('losts');
  });

  it.each([{ selected: false }, { inclusion: 'unsupported' }])(
    'can leave out columns with %j',
    async (keywords) => {
      const { streams } = JSON.parse((await tap(['--discover'])).stdout) as Catalog;
      const old = streams
        .filter(({ stream }) => stream === 'leads')
        .map((entry) => {
          const properties = entry.schema['properties'] as Record<string, object>;
          const changed = new Map(
            ['id', 'cpf', 'phone1'].map((name) => [name, { ...properties[name], ...keywords }]),
          );
          const schema = {
            ...entry.schema,
            properties: { ...properties, ...Object.fromEntries(changed) },
          };
          return { ...entry, schema };
        });
      for (const metadata of [old[0]?.metadata, undefined]) {
        const { leads } = await sent(old.map((entry) => ({ ...entry, metadata })));
        expect(leads).toContain('lead');
        // The key is always sent.
        expect(leads).toContain('id');
        expect(leads).not.toContain('cpf');
        expect(leads).not.toContain('phone1');
      }
    },
  );
});

describe('a state that cannot be used ends with exit code 2:', () => {
  const config = file('tap.json', { api_token: TOKEN, api_url: UNREACHABLE, max_retries: 0 });

  it.each([
    ['no bookmarks', { leads: '2024-01-01T00:00:00Z' }, 'it has no "bookmarks"'],
    [
      'bookmarks of a different tap',
      { bookmarks: { orders: { id: 5 } } },
      "it has none of this tap's streams",
    ],
    [
      'a different replication key',
      {
        bookmarks: {
          leads: { replication_key: 'registerdate', replication_key_value: '2024-01-01T00:00:00Z' },
        },
      },
      'its replication key is "registerdate", not "updatedate"',
    ],
    [
      'a date as a number',
      {
        bookmarks: { leads: { replication_key: 'updatedate', replication_key_value: 1700000000 } },
      },
      'its bookmark is not an RFC 3339 date',
    ],
    ['an invalid date', { bookmarks: { leads: 'soon' } }, 'its bookmark is not an RFC 3339 date'],
  ])('%s', async (_case, state, sentence) => {
    const { code, stdout, stderr } = await tap([
      '--config',
      config,
      '--state',
      file('s.json', state),
    ]);
    expect(stderr).toContain(sentence);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('a version that this tap cannot have written', () => {
  const config = file('tap.json', { api_token: TOKEN, api_url: UNREACHABLE, max_retries: 0 });
  const RULE = 'is not an integer from 0 to 8640000000000000';
  const remedy = 'correct it, or remove the stream to read it from the beginning.';

  it.each(['9007199254740991', '1e300', '-1', '1.5', '"1700000000000"', 'true', '[1]'])(
    'is refused with exit code 2, and its stream is named: %s',
    async (version) => {
      const state = file(
        's.json',
        `{"bookmarks": {"leads": {"version": ${version}}, "stages": {"version": 1},
          "leadssold": {"progress_markers": {"version": ${version}}}}}`,
      );
      const { code, stdout, stderr } = await tap(['--config', config, '--state', state]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr.match(/The state .*/g)).toEqual([
        `The state file ${state}, stream "leads": its "version" ${RULE}; ${remedy}`,
        `The state file ${state}, stream "leadssold": the "version" in its "progress_markers" ${RULE}; ${remedy}`,
      ]);
    },
  );

  it.each(['0', '1700000000000', '8640000000000000', 'null'])(
    'is none of those that are accepted: %s',
    async (version) => {
      const state = file('s.json', `{"bookmarks": {"leads": {"version": ${version}}}}`);
      const { stderr } = await tap(['--config', config, '--state', state]);
      expect(stderr).toContain('the connection was refused');
    },
  );
});

it('reports an unreachable API in one sentence', async () => {
  const config = file('tap.json', { api_token: TOKEN, api_url: UNREACHABLE, max_retries: 0 });
  const { code, stderr } = await tap(['--config', config]);
  expect(code).toBe(1);
  expect(
    stderr
      .trim()
      .split('\n')
      .filter((line) => line.includes('CRITICAL')),
  ).toEqual([
    expect.stringMatching(
      /GET \/\w+ to 127\.0\.0\.1:9 failed: the connection was refused; check api_url/,
    ),
  ]);
  expect(stderr).not.toContain(TOKEN);
});

it('reads its settings from the environment', async () => {
  const { code, stderr } = await tap(['--config=ENV'], {
    TAP_EXACTSALES_API_TOKEN: TOKEN,
    TAP_EXACTSALES_API_URL: UNREACHABLE,
    TAP_EXACTSALES_MAX_RETRIES: '0',
  });
  expect(code).toBe(1);
  expect(stderr).toContain('the connection was refused');
});
