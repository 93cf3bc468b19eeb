import { readParent } from '@exact-spotter/singer';
import {
  InputError,
  loadValidator,
  log,
  type CompileValidator,
  type Line,
  type SchemaMessage,
} from '@exact-spotter/singer';
import { declareTable } from './database/declare.ts';
import { knownColumns, knownStreams } from './database/name-map.ts';
import { prepareRow } from './database/rows.ts';
import type { Db } from './database/sqlite.ts';
import type { Relative } from './family.ts';
import { metadataColumns } from './metadata-columns.ts';
import { notedName } from './names.ts';
import type { TargetSettings } from './program.ts';
import { compileRules, demandsMore, type Rules } from './rules.ts';
import { Stream, StreamHistory } from './stream.ts';
import { readStreamSchema, type StreamSchema } from './stream-schema.ts';

/** The streams of a run, by name, each with its table. */
export class Streams {
  readonly #db: Db;
  readonly #settings: TargetSettings;
  readonly #streams = new Map<string, Stream>();
  /** Texts of the SCHEMA lines in force: one that comes again costs nothing. */
  readonly #lines = new Map<string, string>();
  #compile: CompileValidator | undefined;
  #allRelatives: readonly Relative[] | undefined;

  constructor(db: Db, settings: TargetSettings) {
    this.#db = db;
    this.#settings = settings;
  }

  find(name: string): Stream | undefined {
    return this.#streams.get(name);
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

  all(): Stream[] {
    return [...this.#streams.values()];
  }

  /** The streams of this run, as their relatives need them. */
  relatives(): Relative[] {
    return this.all().map((stream) => ({
      stream: stream.name,
      table: stream.table.table,
      parent: stream.schema.parent,
      columnOf: (property) => stream.columnOf(property),
    }));
  }

  /** The same with the streams of earlier runs, whose tables stand. */
  allRelatives(): readonly Relative[] {
    this.#allRelatives ??= [...this.relatives(), ...this.#earlierRelatives()];
    return this.#allRelatives;
  }

  #earlierRelatives(): Relative[] {
    // Rows that are gathered anew have nothing to do with those of earlier runs.
    if (this.#settings.load_method === 'overwrite') return [];
    const present = new Set(this.all().map(({ name }) => notedName(name)));
    return knownStreams(this.#db, this.#settings.table_prefix)
      .filter(({ stream }) => !present.has(stream))
      .map(({ stream, table, schema }) => {
        const columns = knownColumns(this.#db, table);
        const columnOf = (property: string): string | undefined =>
          columns.get(notedName(property))?.column;
        return { stream, table, parent: readParent(schema), columnOf };
      });
  }

  /** False where the validator must be loaded first. */
  canDeclare({ schema }: SchemaMessage): boolean {
    return this.#compile !== undefined || !this.#settings.validate_records || !demandsMore(schema);
  }

  /** Loads what a SCHEMA needs before it can be declared. */
  async prepare(message: SchemaMessage): Promise<void> {
    if (!this.canDeclare(message)) this.#compile = await loadValidator();
  }

  /**
   * Takes a SCHEMA: makes or changes the table where it must. To be called inside a transaction.
   * @returns its stream
   */
  declare(message: SchemaMessage, line: Line): Stream {
    const standing = this.#streams.get(message.stream);
    if (standing && this.#lines.get(message.stream) === line.text) return standing;
    try {
      const schema = readStreamSchema(message, line.number);
      this.#lines.set(message.stream, line.text);
      return this.#open(schema, standing?.history ?? this.#newHistory(), line.number);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new InputError('the schema is nested too deep to be read: mend the tap.', {
        line: line.number,
        stream: message.stream,
      });
    }
  }

  #newHistory(): StreamHistory {
    const history = new StreamHistory();
    if (this.#settings.load_method === 'overwrite') history.staged = new Map();
    return history;
  }

  /** Prepares a stream's table anew, after something in its history asks for another form. */
  reopen(stream: Stream, line: number): Stream {
    return this.#open(stream.schema, stream.history, line);
  }

  /** Does so for all, after another program changed tables. */
  reopenAll(): void {
    for (const stream of this.all()) this.reopen(stream, 0);
  }

  #open(schema: StreamSchema, history: StreamHistory, line: number): Stream {
    const settings = this.#settings;
    const table = declareTable(this.#db, schema, {
      prefix: settings.table_prefix,
      foreignKeys: settings.foreign_keys,
      appendOnly: settings.load_method === 'append-only',
      freeze: settings.schema_changes === 'freeze',
      metadata: metadataColumns(
        settings.add_record_metadata,
        settings.hard_delete,
        history.isVersioned,
      ),
      untyped: history.untyped,
      staged: history.staged,
      line,
    });
    if (history.staged)
      history.staged = new Map(table.columns.map(({ column, type }) => [column, type]));
    const rules = this.#rules(schema);
    const stream = new Stream(schema, table, history, {
      validate: settings.validate_records,
      run: prepareRow(this.#db, table),
      ...(rules && { rules }),
    });
    this.#streams.set(schema.stream, stream);
    this.#forgetFamily();
    return stream;
  }

  #rules({ stream, schema }: StreamSchema): Rules | undefined {
    if (!this.#compile || !this.#settings.validate_records || !demandsMore(schema))
      return undefined;
    const rules = compileRules(schema, this.#compile);
    if (!rules) {
      log.warning('The schema is none that can be held against records: only types are checked.', {
        stream,
      });
    }
    return rules;
  }

  /** Who belongs to whom may have changed. */
  #forgetFamily(): void {
    this.#allRelatives = undefined;
    for (const stream of this.#streams.values()) stream.clearings = undefined;
  }
}
