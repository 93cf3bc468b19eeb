import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  isSelectedByDefault,
  relationships,
  tableNames,
  tables,
  type TableSchema,
} from '@exact-spotter/schema';
import type { Program } from '@exact-spotter/singer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { derivedTexts } from '../src/generate/derived-texts.ts';
import { checkDerived, writeDerived } from '../src/generate/files.ts';

const repository = join(import.meta.dirname, '..', '..');

/** Returns a sample program with settings of every kind. */
function sample(name: string): Program {
  return {
    name,
    version: '1.2.3',
    description: 'A sample that does nothing.',
    capabilities: ['about', 'structured-logging'],
    settings: {
      type: 'object',
      required: ['api_token'],
      properties: {
        api_token: { ...setting('Token'), type: 'string', 'x-secret': true },
        start_date: {
          ...setting('Start'),
          type: 'string',
          'x-kind': 'date_iso8601',
          default: '2000-01-01',
        },
        past_days: { ...setting('Days'), type: 'integer', default: 0 },
        rate: { ...setting('Rate'), type: ['null', 'number'] },
        deep: { ...setting('Deep'), type: 'boolean', default: false },
        method: { ...setting('Method'), type: 'string', enum: ['upsert', 'append-only'] },
        maps: { ...setting('Maps'), type: 'object' },
      },
    },
  };
}

function setting(title: string): { title: string; description: string } {
  return { title, description: `What ${title} | does.` };
}

const texts = derivedTexts({ tap: sample('tap-exactsales'), target: sample('target-sqlite') });
const optionalTables = tableNames.filter((name) => !isSelectedByDefault(name));
const TAP_PAGE = 'packages/tap-exactsales/README.md';
/**
 * Hand-written pages with markers. They are copied from the repository, except {@link TAP_PAGE}.
 */
const PAGES = [
  ...new Set(
    texts.flatMap(({ path, marker }) => (marker === undefined || path === TAP_PAGE ? [] : [path])),
  ),
];

/**
 * The facts in the query notes: deleted rows are kept, instants are in UTC, and a join by stage must
 * compare the funnel and the trimmed names.
 */
const QUERY_FACTS = [/WHERE _sdc_deleted_at IS NULL/, /UTC/, /funnel|funil/, /trim/];

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'generate-'));
  for (const { path } of texts) mkdirSync(join(root, dirname(path)), { recursive: true });
  for (const page of PAGES) cpSync(join(repository, page), join(root, page));
  writeFileSync(
    join(root, TAP_PAGE),
    `# By hand\n\n${markers('streams')}\nMore.\n\n${markers('settings')}`,
  );
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function markers(name: string): string {
  return `<!-- generated: ${name} -->\n<!-- /generated -->\n`;
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

describe('npm run generate', () => {
  it('reports no problem after a write, and only the edited file after an edit', async () => {
    expect(await writeDerived(root, texts)).toEqual([]);
    expect(await checkDerived(root, texts)).toEqual([]);
    for (const { path } of texts) {
      const text = read(path);
      const marked = text.includes('<!-- /generated -->')
        ? text.replace('| ---', '| ----')
        : `${text}\n#`;
      writeFileSync(join(root, path), marked.replace('erDiagram', 'erDiagrams'));
      const problems = await checkDerived(root, texts);
      expect(problems).toEqual([`${path} is out of date: run npm run generate.`]);
      writeFileSync(join(root, path), text);
    }
  });

  it('writes nothing with --check', async () => {
    const before = read(TAP_PAGE);
    const problems = await checkDerived(root, texts);
    const missing = texts.filter(({ marker }) => marker === undefined).map(({ path }) => path);
    for (const path of [TAP_PAGE, ...missing]) expect(problems.join('\n')).toContain(path);
    for (const path of missing) expect(existsSync(join(root, path))).toBe(false);
    expect(read(TAP_PAGE)).toBe(before);
  });

  it('keeps the hand-written text around the markers', async () => {
    await writeDerived(root, texts);
    expect(read(TAP_PAGE)).toMatch(/^# By hand\n\n<!-- generated: streams -->\n\n\| stream/);
    expect(read(TAP_PAGE)).toMatch(/\n\n<!-- \/generated -->\n\nMore\.\n/);
  });

  it('reports a page without its markers, and writes the rest', async () => {
    writeFileSync(join(root, TAP_PAGE), `# By hand\n\n${markers('settings')}`);
    const problem = `${TAP_PAGE} has no markers for streams: add <!-- generated: streams --> and <!-- /generated -->.`;
    expect(await writeDerived(root, texts)).toEqual([problem]);
    expect(await checkDerived(root, texts)).toEqual([problem]);
    expect(read(TAP_PAGE)).toMatch(/^# By hand\n\n<!-- generated: settings -->\n\n\| setting/);
  });

  it('names its command in the first line of every generated file', () => {
    const whole = texts.filter(({ marker }) => marker === undefined);
    expect(whole).not.toHaveLength(0);
    for (const { path, text } of whole) {
      expect(text.split('\n')[0], path).toContain('Generated by `npm run generate`');
    }
  });
});

describe('plugin.yml', () => {
  const definition = async (name: string): Promise<Record<string, unknown>> => {
    await writeDerived(root, texts);
    return parse(read(`packages/${name}/plugin.yml`)) as Record<string, unknown>;
  };

  it('contains what Meltano needs to run a plugin without a pip_url', async () => {
    const tap = await definition('tap-exactsales');
    expect(tap).toMatchObject({
      name: 'tap-exactsales',
      namespace: 'tap_exactsales',
      variant: 'exact-spotter',
      label: 'Exact Spotter',
      executable: 'tap-exactsales',
      capabilities: ['about', 'structured-logging'],
      select: ['*.*', ...optionalTables.map((name) => `!${name}.*`)],
      settings_group_validation: [['api_token']],
    });
    expect(tap).not.toHaveProperty('pip_url');
    expect(tap).not.toHaveProperty('dialect');
  });

  it('contains a dialect but no select for a loader', async () => {
    const target = await definition('target-sqlite');
    expect(target).toMatchObject({ namespace: 'target_sqlite', dialect: 'sqlite' });
    expect(target).not.toHaveProperty('select');
  });

  it('contains the kind, default and sensitivity of each setting', async () => {
    const { settings } = await definition('tap-exactsales');
    expect(settings).toEqual([
      { name: 'api_token', ...label('Token'), kind: 'string', sensitive: true },
      { name: 'start_date', ...label('Start'), kind: 'date_iso8601', value: '2000-01-01' },
      { name: 'past_days', ...label('Days'), kind: 'integer', value: 0 },
      { name: 'rate', ...label('Rate'), kind: 'string' },
      { name: 'deep', ...label('Deep'), kind: 'boolean', value: false },
      {
        name: 'method',
        ...label('Method'),
        kind: 'options',
        options: [
          { label: 'upsert', value: 'upsert' },
          { label: 'append-only', value: 'append-only' },
        ],
      },
      { name: 'maps', ...label('Maps'), kind: 'object' },
    ]);
  });

  function label(title: string): object {
    return { label: title, description: setting(title).description };
  }
});

describe('TABLES.md and TABELAS.md', () => {
  const columns = tableNames.flatMap((name) => {
    const { properties }: TableSchema = tables[name];
    return Object.entries(properties).map(([column, schema]) => ({ name, column, schema }));
  });

  it('describe every column in their language', async () => {
    await writeDerived(root, texts);
    const [english, portuguese] = [
      read('packages/schema/TABLES.md'),
      read('packages/schema/TABELAS.md'),
    ];
    for (const { column, schema } of columns) {
      expect(english).toContain(`**${schema.title}.** ${schema.description}`);
      expect(portuguese).toContain(`**${schema['x-pt'].title}.** ${schema['x-pt'].description}`);
      expect(english).toContain(`\`${column}\``);
    }
  });

  it('have a heading for every table, and a link for every relationship', async () => {
    await writeDerived(root, texts);
    for (const page of ['packages/schema/TABLES.md', 'packages/schema/TABELAS.md']) {
      const text = read(page);
      const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading);
      const anchors = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
      expect(headings).toEqual(expect.arrayContaining(Object.keys(tables)));
      expect(anchors.length).toBeGreaterThan(tableNames.length + relationships.length);
    }
  });

  it('warn near the top about common mistakes in queries', async () => {
    await writeDerived(root, texts);
    for (const page of ['packages/schema/TABLES.md', 'packages/schema/TABELAS.md']) {
      const top = read(page).slice(0, 2000);
      for (const fact of QUERY_FACTS) expect(top).toMatch(fact);
    }
  });
});

describe('the diagram in the schema README', () => {
  it('contains all tables and relationships', async () => {
    await writeDerived(root, texts);
    const [, graph = ''] = /```mermaid\n(.*)```/s.exec(read('packages/schema/README.md')) ?? [];
    expect(graph.match(/^ {2}\w+ \S+ \w+ : ".+"$/gm)).toHaveLength(relationships.length);
    expect(graph.match(/^ {2}\w+ \{$/gm)).toHaveLength(tableNames.length);
    expect(graph).toContain('sources ||--o{ sources__subSources : "source_id"');
    expect(graph).toContain('stages |o..o{ leads : "stage"');
  });
});

describe('dbt-sources.yml and datasette-metadata.yml', () => {
  interface Column {
    readonly name: string;
    readonly data_tests?: readonly unknown[];
  }
  interface Sources {
    readonly sources: readonly {
      readonly tables: readonly { readonly name: string; readonly columns: readonly Column[] }[];
    }[];
  }

  it('describe every table to dbt, with key and reference tests', async () => {
    await writeDerived(root, texts);
    const { sources } = parse(read('packages/schema/dbt-sources.yml')) as Sources;
    const found = Object.fromEntries(
      (sources[0]?.tables ?? []).map((table) => [table.name, table]),
    );
    expect(Object.keys(found)).toEqual(Object.keys(tables));
    for (const name of optionalTables) {
      expect(JSON.stringify(found[name])).not.toContain('data_tests');
    }
    const leads = found['leads']?.columns ?? [];
    expect(leads.map(({ name }) => name)).toEqual(Object.keys(tables.leads.properties));
    expect(leads[0]).toMatchObject({ name: 'id', data_tests: ['unique', 'not_null'] });
    expect(leads.find(({ name }) => name === 'industry_id')?.data_tests).toEqual([
      {
        relationships: {
          arguments: { to: "source('exactsales', 'industries')", field: 'id' },
          config: { severity: 'warn' },
        },
      },
    ]);
  });

  it('describe every column to Datasette', async () => {
    await writeDerived(root, texts);
    const { databases } = parse(read('packages/schema/datasette-metadata.yml')) as {
      databases: { exact: { tables: Record<string, { columns: object }> } };
    };
    for (const [name, { properties }] of Object.entries<TableSchema>(tables)) {
      const { columns = {} } = databases.exact.tables[name] ?? {};
      expect(Object.keys(columns), name).toEqual(Object.keys(properties));
    }
  });

  it('warn near the top about common mistakes in queries', async () => {
    await writeDerived(root, texts);
    for (const file of ['dbt-sources.yml', 'datasette-metadata.yml']) {
      const top = read(`packages/schema/${file}`).slice(0, 1000).replaceAll(/\s+/g, ' ');
      for (const fact of QUERY_FACTS) expect(top).toMatch(fact);
    }
  });
});
