import { join } from 'node:path';
import { expect, it } from 'vitest';
import { warehouseCell } from '../src/oracle/cells.ts';
import { execute, outputOf } from '@exact-spotter/testing';
import type { Pair } from './pair.ts';
import { compareTables, feed, lastState, peerTools } from './peer-tools.ts';
import { serveAccount } from './served-account.ts';

/** Tests the tap with target-duckdb, which loads each batch of rows from a CSV file. */
const MINUTES = 60_000;
const served = serveAccount({ seed: 71, leads: 1500 });

type Rows = readonly Readonly<Record<string, unknown>>[];

/** A Python script that prints all tables of the file as JSON. */
const READER = `
import duckdb, json, sys
reader = duckdb.connect(sys.argv[1], read_only=True)
ask = lambda sql: [cell for (cell,) in reader.execute(sql).fetchall()]
names = ask("SELECT table_name FROM information_schema.tables")
rows = lambda name: [json.loads(row) for row in ask(f'SELECT to_json(t) FROM exactsales."{name}" t')]
print(json.dumps({name: rows(name) for name in names}))
`;

/** A database that target-duckdb loads. */
class DuckDb {
  readonly target: readonly string[];
  readonly #bin: string;
  readonly #path: string;

  constructor(bin: string, pair: Pair) {
    this.#bin = bin;
    this.#path = join(pair.folder, 'exact.duckdb');
    const settings = { path: this.#path, default_target_schema: 'exactsales' };
    const config = pair.write('duckdb.json', settings);
    this.target = [join(bin, 'target-duckdb'), '--config', config];
  }

  async tables(): Promise<ReadonlyMap<string, Rows>> {
    const json = await outputOf(join(this.#bin, 'python'), ['-c', READER, this.#path]);
    return new Map(Object.entries(JSON.parse(json) as Record<string, Rows>));
  }

  async differences(): Promise<ReturnType<typeof compareTables>> {
    const tables = await this.tables();
    // target-duckdb writes names in lower case.
    const rows = (table: string): Rows => tables.get(table.toLowerCase()) ?? [];
    return compareTables(served.account, rows, seen);
  }
}

/** target-duckdb's CSV files represent an empty string as NULL. */
function seen(cell: unknown): unknown {
  return cell === '' ? null : warehouseCell(cell);
}

it(
  'target-duckdb stores every cell and later changes, and keeps deleted rows',
  async ({ skip }) => {
    const pair = served.newPair();
    const database = new DuckDb(await peerTools('target-duckdb', skip), pair);
    const first = await feed(pair, database.target);
    expect(first.tap.code, first.tap.stderr).toBe(0);
    expect(first.target.code, first.target.stderr).toBe(0);
    expect(await database.differences()).toEqual({ lacks: [], has: [] });

    served.account.live({ seed: 5, edits: 60 });
    served.account.remove('stages', (row) => row['position'] === 2);
    const second = await feed(pair, database.target, lastState(first.target));
    expect(second.target.code, second.target.stderr).toBe(0);
    const { lacks, has } = await database.differences();
    expect(lacks).toEqual([]);
    expect(has).toContainEqual(expect.stringMatching(/^stages /));
  },
  5 * MINUTES,
);

/**
 * target-duckdb 0.8.0 lets DuckDB guess whether its CSV files have a header. DuckDB 1.3.0 and newer
 * mistake a first row for a header if it contains an instant with a zone, so each batch loses a row.
 */
it.for([
  { environment: 'target-duckdb', on: '1.2', ids: [1, 2, 3] },
  { environment: 'target-duckdb-on-duckdb-2', on: '2.0', ids: [2, 3] },
])(
  'target-duckdb with DuckDB $on loads only the IDs $ids of three rows',
  { timeout: 5 * MINUTES },
  async ({ environment, ids }, { skip }) => {
    const database = new DuckDb(await peerTools(environment, skip), served.newPair());
    const [command = '', ...args] = database.target;
    const properties = { id: { type: 'integer' }, at: { type: 'string', format: 'date-time' } };
    const of = { stream: 'calls', key_properties: ['id'] };
    const records = [1, 2, 3].map((id) => ({ id, at: '2026-03-01T12:00:00Z' }));
    const messages = [
      { type: 'SCHEMA', ...of, schema: { type: 'object', properties } },
      ...records.map((record) => ({ type: 'RECORD', ...of, record })),
    ];
    const input = messages.map((message) => `${JSON.stringify(message)}\n`).join('');
    const { code, stderr } = await execute(command, args, { input });
    expect(code, stderr).toBe(0);
    expect((await database.tables()).get('calls')?.map(({ id }) => id)).toEqual(ids);
  },
);
