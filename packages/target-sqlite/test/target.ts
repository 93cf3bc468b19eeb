import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';

export const bin = join(import.meta.dirname, '..', 'bin', 'target-sqlite.js');
const streams = join(import.meta.dirname, '..', '..', '..', 'test-data', 'streams');

const BOOKS = "SELECT 1 FROM sqlite_schema WHERE name = '_singer_runs'";

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type Cell = string | number | bigint | null;
export type Row = Readonly<Record<string, Cell>>;

/** A folder of its own with the settings of a target, and the real program run on it. */
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

  start(...args: string[]): ChildProcessWithoutNullStreams {
    const options = ['--conditions=@exact-spotter/source', bin, '--config', this.config, ...args];
    return spawn(process.execPath, options);
  }

  /** Runs the target on the whole input. */
  async run(input: string | Uint8Array, ...args: string[]): Promise<Ended> {
    const child = this.start(...args);
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    return ended(child);
  }

  /** The same, for an input that must be taken. @returns what was printed */
  async load(input: string | Uint8Array): Promise<string> {
    const { code, stdout, stderr } = await this.run(input);
    if (code !== 0) throw new Error(`the target failed: ${stderr}`);
    return stdout;
  }

  /** Opens the database once to write: a journal that a killed program left must be played back. */
  finish(): void {
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

  /** Waits until another program has made the database and its bookkeeping. */
  async untilMade(): Promise<void> {
    while (!this.exists || this.query(BOOKS).length === 0) await wait(20);
  }

  /** Waits until a query finds something, as another program's commits come. */
  async until(sql: string): Promise<void> {
    while (this.query(sql).length === 0) await wait(20);
  }

  /** The rows of a table without the metadata columns, ordered by all that is in them. */
  rows(table: string, where = 'true'): Row[] {
    return this.query(`SELECT * FROM "${table}" WHERE ${where}`)
      .map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !isMetadata(name))))
      .sort((one, other) => (text(one) < text(other) ? -1 : 1));
  }

  /** Rows that are not marked as gone. */
  alive(table: string): Row[] {
    return this.rows(table, '_sdc_deleted_at IS NULL');
  }

  get exists(): boolean {
    return existsSync(this.database);
  }
}

/** Whole numbers as numbers where no digit is lost. */
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

export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: textOf(stdout), stderr: textOf(stderr) };
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString();
}

/** Lines of Singer messages. */
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

/** A named stream of `test-data/streams`. */
export function stream(name: string): string {
  return readFileSync(join(streams, `${name}.singer`), 'utf8');
}

export const integer = { type: 'integer' };
export const nullableText = { type: ['null', 'string'] };
