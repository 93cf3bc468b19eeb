import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { ended, start, startProgram } from '@exact-spotter/testing';
import { Pair } from './pair.ts';
import { peerTools } from './peer-tools.ts';

/** Tests target-sqlite with taps by other authors. */
const MINUTES = 60_000;

type Row = Readonly<Record<string, unknown>>;

/** A folder with files, and a tap that reads them. */
class Source extends Pair {
  readonly #tap: string;

  constructor(tap: string, settings: (folder: string) => object) {
    super({});
    this.#tap = tap;
    mkdirSync(this.files);
    this.write('tap.json', settings(this.files));
  }

  get files(): string {
    return join(this.folder, 'files');
  }

  /** Writes a file. @param minute its modification time, which taps compare with their bookmark */
  file(name: string, text: string, minute: number): void {
    const path = join(this.files, name);
    writeFileSync(path, text);
    utimesSync(path, minute * 60, minute * 60);
  }

  /**
   * Runs `tap | target` from the database's state.
   * @returns the number of records that the tap sent
   */
  async copy(): Promise<number> {
    const { stdout: state } = await this.target('state');
    this.write('state.json', JSON.parse(state) as unknown);
    const path = (name: string): string => join(this.folder, name);
    const tap = start(this.#tap, ['--config', path('tap.json'), '--state', path('state.json')]);
    const target = startProgram('target-sqlite', ['--config', path('target.json')]);
    tap.stdout.pipe(target.stdin);
    tap.stdin.end();
    const [sent, loaded] = await Promise.all([ended(tap), ended(target)]);
    expect(sent.code, sent.stderr).toBe(0);
    expect(loaded.code, loaded.stderr).toBe(0);
    return sent.stdout.split('\n').filter((line) => line.includes('"type":"RECORD"')).length;
  }

  /** Returns a table's rows in any order, without the columns in which the tap describes the file. */
  rows(table: string): string[] {
    const reader = new DatabaseSync(this.database, { readOnly: true });
    const statement = reader.prepare(`SELECT * FROM "${table}" WHERE _sdc_deleted_at IS NULL`);
    statement.setReadBigInts(true);
    const rows = statement.all();
    reader.close();
    return sortedRows(rows.map((row) => withoutPrefix(row)));
  }
}

function withoutPrefix(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('_sdc_')));
}

/**
 * Returns rows as sorted strings that can be compared. If a row lacks a column, its value is null.
 */
function sortedRows(rows: readonly Row[]): string[] {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].sort();
  const text = (value: unknown): string =>
    typeof value === 'bigint' ? `${value}` : JSON.stringify(value ?? null);
  return rows.map((row) => columns.map((name) => text(row[name])).join('|')).sort();
}

describe('the output of a tap for CSV files', { timeout: 5 * MINUTES }, () => {
  const people = [
    { id: '0042', name: 'Ana "a Breve" Souza', note: 'duas\nlinhas, com vírgula' },
    { id: '7', name: 'Łukasz 😀', note: '' },
  ];
  const places = [{ cep: '01310-100', city: 'São Paulo' }];
  const csv = (rows: readonly Row[]): string =>
    [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))]
      .map((cells) => cells.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(','))
      .join('\r\n');

  it('is loaded completely, and later runs load the changes', async ({ skip }) => {
    const tap = join(await peerTools('tap-csv-folder', skip), 'tap-csv-folder');
    const source = new Source(tap, (path) => ({
      ...{ path, filesystem: 'local', read_mode: 'one_stream_per_file' },
    }));
    source.file('people.csv', csv(people), 1);
    source.file('places.csv', csv(places), 2);
    expect(await source.copy()).toBe(3);
    expect(source.rows('people')).toEqual(sortedRows(people));
    expect(source.rows('places')).toEqual(sortedRows(places));

    const more = [...people, { id: '8', name: 'Zé', note: 'NULL' }];
    source.file('people.csv', csv(more), 3);
    // A file as old as the bookmark is read again, which changes nothing.
    expect(await source.copy()).toBe(4);
    expect(source.rows('people')).toEqual(sortedRows(more));
    expect(source.rows('places')).toEqual(sortedRows(places));

    // An older file is not read, which shows that the bookmark came from the database.
    source.file('places.csv', csv([...places, { cep: '01310-200', city: 'Santos' }]), 1);
    expect(await source.copy()).toBe(3);
    expect(source.rows('people')).toEqual(sortedRows(more));
    expect(source.rows('places')).toEqual(sortedRows(places));
  });
});

describe('the output of a tap for JSON files without a key', { timeout: 5 * MINUTES }, () => {
  const first = [
    { id: 1, big: 1152921504606846977n, price: 12.5, name: 'Ana', tags: '["a","b"]' },
    { id: 2, big: null, price: 0.1, name: 'naïve 😀', tags: null },
  ];
  const second = [{ id: 3, big: 5n, price: null, name: "O'Neil", tags: '[]' }];
  const json = (rows: readonly Row[]): string =>
    `[${rows
      .map(
        ({ id, big, price, name, tags }) =>
          `{"id":${String(id)},"big":${String(big)},"price":${String(price)},"name":${JSON.stringify(name)},"tags":${String(tags)}}`,
      )
      .join(',')}]`;

  it('is loaded completely, although no file is read twice', async ({ skip }) => {
    const tap = join(await peerTools('singer-sdk', skip), 'tap-jsonfile');
    const source = new Source(tap, (path) => ({
      ...{ paths: [join(path, '*.json')], stream_name: 'things' },
    }));
    source.file('a.json', json(first), 1);
    expect(await source.copy()).toBe(2);
    expect(source.rows('things')).toEqual(sortedRows(first));

    source.file('b.json', json(second), 2);
    expect(await source.copy()).toBe(1);
    expect(source.rows('things')).toEqual(sortedRows([...first, ...second]));
    expect(await source.copy()).toBe(0);
    expect(source.rows('things')).toEqual(sortedRows([...first, ...second]));
  });
});
