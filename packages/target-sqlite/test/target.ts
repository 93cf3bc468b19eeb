import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  ended,
  start,
  until,
  type Child,
  type Ended,
  type StartOptions,
} from '@exact-spotter/testing';

/** The command that starts the target in the parent folder, which may be a mutated copy. */
export const command: readonly [string, ...string[]] = [
  process.execPath,
  '--conditions=@exact-spotter/source',
  join(import.meta.dirname, '..', 'bin', 'target-sqlite.js'),
];

const streams = join(import.meta.dirname, '..', '..', '..', 'test-data', 'streams');

export type Cell = string | number | bigint | null;
export type Row = Readonly<Record<string, Cell>>;

/** The real program with a database and settings in a temporary folder. */
export class TestTarget {
  readonly folder = mkdtempSync(join(tmpdir(), 'target-'));
  readonly database: string;
  readonly config = join(this.folder, 'config.json');

  constructor(settings: object = {}) {
    this.database = join(this.folder, 'data.sqlite');
    this.configure(settings);
  }

  configure(settings: object): void {
    writeFileSync(this.config, JSON.stringify({ database: this.database, ...settings }));
  }

  start(args: readonly string[] = [], options: StartOptions = {}): Child {
    const [node, ...own] = command;
    return start(node, [...own, '--config', this.config, ...args], options);
  }

  /** Runs the target until it ends. */
  async run(input: string | Uint8Array, ...args: string[]): Promise<Ended> {
    return ended(this.start(args), input);
  }

  /** Loads an input. @returns stdout @throws Error if the target fails */
  async load(input: string | Uint8Array): Promise<string> {
    const { code, stdout, stderr } = await this.run(input);
    if (code !== 0) throw new Error(`the target failed: ${stderr}`);
    return stdout;
  }

  /** Opens the database for writing, so that SQLite recovers from a killed program. */
  recover(): void {
    const writer = new DatabaseSync(this.database, { timeout: 5000 });
    writer.prepare('PRAGMA schema_version').get();
    writer.close();
  }

  query(sql: string, ...values: Cell[]): Row[] {
    const reader = new DatabaseSync(this.database, { readOnly: true, timeout: 5000 });
    try {
      const statement = reader.prepare(sql);
      statement.setReadBigInts(true);
      return statement
        .all(...values)
        .map((row) => Object.fromEntries(Object.entries(row).map(plain)));
    } finally {
      reader.close();
    }
  }

  /** Waits until another program has committed a row of a table. The table need not exist yet. */
  async untilCommitted(table: string): Promise<void> {
    await until(() => this.exists);
    await this.until(`SELECT 1 FROM sqlite_schema WHERE name = '${table}'`);
    await this.until(`SELECT 1 FROM "${table}"`);
  }

  /** Waits until a query finds a row that another program commits. */
  async until(sql: string): Promise<void> {
    await until(() => this.query(sql).length > 0);
  }

  /** Waits until another program holds the write lock. */
  async untilLocked(): Promise<void> {
    await until(() => this.exists && this.isLocked());
  }

  isLocked(): boolean {
    const writer = new DatabaseSync(this.database, { timeout: 0 });
    try {
      writer.exec('BEGIN IMMEDIATE; ROLLBACK');
      return false;
    } catch (error) {
      if (error instanceof Error && error.message.includes('locked')) return true;
      throw error;
    } finally {
      writer.close();
    }
  }

  /** Returns a table's rows without the metadata columns, sorted by their JSON text. */
  rows(table: string, where = 'true'): Row[] {
    return this.query(`SELECT * FROM "${table}" WHERE ${where}`)
      .map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !isMetadata(name))))
      .sort((one, other) => (text(one) < text(other) ? -1 : 1));
  }

  /** Returns the rows that are not soft-deleted. */
  alive(table: string): Row[] {
    return this.rows(table, '_sdc_deleted_at IS NULL');
  }

  get exists(): boolean {
    return existsSync(this.database);
  }
}

/** Converts integers to numbers if a double can hold them. */
function plain([name, value]: [string, unknown]): [string, Cell] {
  const cell = value as Cell;
  const isShort = typeof cell === 'bigint' && Number.isSafeInteger(Number(cell));
  return [name, isShort ? Number(cell) : cell];
}

function text(row: Row): string {
  return JSON.stringify(row, (_name, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
}

function isMetadata(name: string): boolean {
  return name.startsWith('_sdc_');
}

/** Returns Singer messages as text, one per line. */
export function lines(...messages: (object | string)[]): string {
  return messages
    .map((message) => `${typeof message === 'string' ? message : JSON.stringify(message)}\n`)
    .join('');
}

export function schema(
  stream: string,
  properties: object,
  key: readonly string[] = [],
  more: object = {},
): object {
  return {
    type: 'SCHEMA',
    stream,
    schema: { type: 'object', properties, ...more },
    key_properties: key,
  };
}

export function record(stream: string, values: object, more: object = {}): object {
  return { type: 'RECORD', stream, record: values, ...more };
}

export function state(value: unknown): object {
  return { type: 'STATE', value };
}

/** Reads a stream from `test-data/streams`. */
export function stream(name: string): string {
  return readFileSync(join(streams, `${name}.singer`), 'utf8');
}

export const integer = { type: 'integer' };
export const nullableText = { type: ['null', 'string'] };
