import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Pair } from './pair.ts';
import { createAccount, startSimulator, type Simulator } from '@exact-spotter/simulator';
import { TOKEN } from './served-account.ts';

const account = createAccount({ seed: 5, leads: 120 });
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ account, token: TOKEN });
});

afterAll(() => simulator.stop());

beforeEach(() => simulator.reset());

function newPair(settings: object): Pair {
  const quota = { quota_requests: 10_000, quota_seconds: 1 };
  return new Pair({ api_token: TOKEN, api_url: simulator.url, ...quota, ...settings });
}

type Row = Readonly<Record<string, unknown>>;

async function copied(pair: Pair): Promise<(sql: string) => Row[]> {
  const { tap, target } = await pair.run();
  expect(tap.code, tap.stderr).toBe(0);
  expect(target.code, target.stderr).toBe(0);
  return (sql) => {
    const db = new DatabaseSync(pair.database, { readOnly: true });
    try {
      return db.prepare(sql).all();
    } finally {
      db.close();
    }
  };
}

/** Copies the account without maps, for comparison. @returns a function that queries the copy */
async function plain(): Promise<(sql: string) => Row[]> {
  return copied(newPair({}));
}

describe('stream maps of the tap', () => {
  it('hash emails, rename columns and streams, and keep references', async () => {
    const stream_maps = {
      leads: { __alias__: 'negocios', telefone: 'phone1', phone1: null, phone2: null },
      leadspersons__persons: {
        persons_email: "sha256(config['salt'] + persons_email.lower())",
        persons_name: "persons_name.split(' ')[0]",
        persons_jobtitle: null,
      },
      sellers: { __alias__: 'vendedores', vendedor: 'id', id: null },
      'tasks*': null,
    };
    const query = await copied(newPair({ stream_maps, stream_map_config: { salt: 'sal' } }));
    const before = await plain();
    expect(query('SELECT count(*) AS n FROM negocios')).toEqual(
      before('SELECT count(*) AS n FROM leads'),
    );
    const tables = query("SELECT name FROM sqlite_schema WHERE type = 'table'").map(
      ({ name }) => name,
    );
    expect(tables).toContain('vendedores');
    expect(tables).not.toContain('sellers');
    expect(tables).not.toContain('tasks');
    expect(tables).not.toContain('tasks__contacts');
    expect(query("SELECT * FROM pragma_table_info('vendedores') WHERE pk > 0")).toMatchObject([
      { name: 'vendedor' },
    ]);
    expect(query("SELECT * FROM pragma_foreign_key_list('negocios')")).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ from: 'salesrep_id', table: 'vendedores', to: 'vendedor' }),
      ]),
    );
    const emails = before(
      'SELECT persons_email FROM leadspersons__persons ORDER BY lead_id, persons_id',
    );
    const hashes = query(
      'SELECT persons_email FROM leadspersons__persons ORDER BY lead_id, persons_id',
    );
    expect(emails.some(({ persons_email: email }) => typeof email === 'string')).toBe(true);
    expect(hashes).toEqual(
      emails.map(({ persons_email: email }) => ({ persons_email: hashed(email) })),
    );
  });

  it('filter the children of filtered rows', async () => {
    const stream_maps = { leadspersons: { __filter__: 'id % 2 == 0' } };
    const query = await copied(newPair({ stream_maps }));
    const before = await plain();
    for (const [table, key] of [
      ['leadspersons', 'id'],
      ['leadspersons__persons', 'lead_id'],
    ] as const) {
      const rows = `SELECT count(*) AS n FROM ${table}`;
      expect(query(rows)).toEqual(before(`${rows} WHERE ${key} % 2 = 0`));
    }
  });

  it('rename the column that a window filters by', async () => {
    const pair = newPair({
      stream_maps: { meetings: { __alias__: 'reunioes', inicio: 'starttime', starttime: null } },
    });
    const query = await copied(pair);
    const [{ n: before } = {}] = query('SELECT count(*) AS n FROM reunioes');
    expect(before).toBeGreaterThan(0);
    const schema = query("SELECT name FROM pragma_table_info('reunioes')");
    expect(schema.map(({ name }) => name)).toContain('inicio');
    expect(query('SELECT count(*) AS n FROM reunioes WHERE _sdc_table_version IS NULL')).toEqual([
      { n: 0 },
    ]);
  });
});

describe('invalid stream maps', () => {
  it.each([
    [{ leads: { id: null } }, /Stream "leads": the map drops the key column "id"/],
    [{ leads: { x: 'leed' } }, /Stream "leads", column "x": the stream has no column "leed"/],
    [{ leads: { __alias__: 'sdrs' } }, /the new name would be "sdrs"/],
    [{ leads: { x: 'lead +' } }, /"leads" › "x": the expression is invalid/],
    [{ leads: { cpff: null } }, /"leads" drops the column "cpff".*Did you mean "cpf"\?/],
    [{ lead: {} }, /"lead" matches no stream.*Did you mean "leads"\?/],
  ])('%j end the tap with exit code 2 before any request', async (stream_maps, sentence) => {
    const { tap } = await newPair({ stream_maps }).run();
    expect(tap.code).toBe(2);
    expect(tap.stderr).toMatch(sentence);
    expect(simulator.requests).toHaveLength(0);
  });
});

function hashed(email: unknown): unknown {
  if (typeof email !== 'string') return email;
  return createHash('sha256').update(`sal${email.toLowerCase()}`).digest('hex');
}
