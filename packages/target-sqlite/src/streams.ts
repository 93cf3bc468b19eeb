import { InputError, type Line, type SchemaMessage } from '@exact-spotter/singer';
import { declareTable } from './database/declare.ts';
import { prepareRow } from './database/rows.ts';
import type { Db } from './database/sqlite.ts';
import { metadataColumns } from './metadata-columns.ts';
import type { TargetSettings } from './program.ts';
import { Stream, StreamHistory } from './stream.ts';
import { readStreamSchema, type StreamSchema } from './stream-schema.ts';

/** The streams of a run, by name, each with its table. */
export class Streams {
  readonly #db: Db;
  readonly #settings: TargetSettings;
  readonly #streams = new Map<string, Stream>();
  /** Texts of the SCHEMA lines in force: one that comes again costs nothing. */
  readonly #lines = new Map<string, string>();

  constructor(db: Db, settings: TargetSettings) {
    this.#db = db;
    this.#settings = settings;
  }

  /** @throws InputError when no SCHEMA of the stream came before */
  get(name: string, line: number): Stream {
    const stream = this.#streams.get(name);
    if (stream) return stream;
    throw new InputError('no SCHEMA message of the stream came before: mend the tap.', {
      line,
      stream: name,
    });
  }

  has(name: string): boolean {
    return this.#streams.has(name);
  }

  all(): Stream[] {
    return [...this.#streams.values()];
  }

  /**
   * Takes a SCHEMA: makes or changes the table where it must. To be called inside a transaction.
   * @returns its stream
   */
  declare(message: SchemaMessage, line: Line): Stream {
    const standing = this.#streams.get(message.stream);
    if (standing && this.#lines.get(message.stream) === line.text) return standing;
    const schema = readStreamSchema(message, line.number);
    this.#lines.set(message.stream, line.text);
    return this.#open(schema, standing?.history ?? new StreamHistory(), line.number);
  }

  /** Prepares the stream's table anew, after something in its history asks for another form. */
  reopen(stream: Stream, line: number): Stream {
    return this.#open(stream.schema, stream.history, line);
  }

  #open(schema: StreamSchema, history: StreamHistory, line: number): Stream {
    const settings = this.#settings;
    const table = declareTable(this.#db, schema, {
      prefix: settings.table_prefix,
      foreignKeys: settings.foreign_keys,
      metadata: metadataColumns(
        settings.add_record_metadata,
        settings.hard_delete,
        history.isVersioned,
      ),
      untyped: history.untyped,
      line,
    });
    const stream = new Stream(schema, table, history, {
      validate: settings.validate_records,
      run: prepareRow(this.#db, table),
    });
    this.#streams.set(schema.stream, stream);
    // Who belongs to whom may have changed.
    for (const other of this.#streams.values()) other.clearings = undefined;
    return stream;
  }
}
