import {
  InputError,
  loadValidator,
  log,
  type CompileValidator,
  type Line,
  type SchemaMessage,
} from '@exact-spotter/singer';
import { knownColumns, knownStreams, notedName } from '../bookkeeping/streams.ts';
import { metadataColumns } from '../database/columns.ts';
import { prepareInsert } from '../database/rows.ts';
import type { Db } from '../database/sqlite.ts';
import { declareTable } from '../database/declare-table.ts';
import { compileRules, demandsMore, type Rules } from '../record/rules.ts';
import { readStreamSchema, type StreamSchema } from '../record/stream-schema.ts';
import type { TargetSettings } from '../settings.ts';
import { FamilyTables, type StreamTable } from './family-tables.ts';
import { StreamHistory, StreamWriter } from './stream-writer.ts';

/** The streams of a load by name, each with its table. */
export class StreamRegistry {
  readonly #db: Db;
  readonly #settings: TargetSettings;
  readonly #streams = new Map<string, StreamWriter>();
  /** Stream → its last SCHEMA line, so that a repeated line can be skipped. */
  readonly #lines = new Map<string, string>();
  #compile: CompileValidator | undefined;
  #families: FamilyTables | undefined;
  #allFamilies: FamilyTables | undefined;

  constructor(db: Db, settings: TargetSettings) {
    this.#db = db;
    this.#settings = settings;
  }

  find(name: string): StreamWriter | undefined {
    return this.#streams.get(name);
  }

  /** @throws InputError if the stream has no SCHEMA before this line */
  get(name: string, line: number): StreamWriter {
    const stream = this.#streams.get(name);
    if (stream) return stream;
    throw new InputError('the stream has no SCHEMA message before this line: fix the tap.', {
      line,
      stream: name,
    });
  }

  all(): StreamWriter[] {
    return [...this.#streams.values()];
  }

  /**
   * The families among the streams of this load. The object is replaced whenever a stream changes.
   */
  get families(): FamilyTables {
    this.#families ??= new FamilyTables(this.#currentTables());
    return this.#families;
  }

  /** The families among the streams of this load and of earlier loads. */
  get allFamilies(): FamilyTables {
    this.#allFamilies ??= new FamilyTables([...this.#currentTables(), ...this.#earlierTables()]);
    return this.#allFamilies;
  }

  #currentTables(): StreamTable[] {
    return this.all().map((stream) => ({
      stream: stream.name,
      table: stream.table.table,
      schema: stream.schema.schema,
      columnOf: (property) => stream.columnOf(property),
    }));
  }

  #earlierTables(): StreamTable[] {
    // Staged rows are not related to the rows of earlier loads.
    if (this.#settings.load_method === 'overwrite') return [];
    const present = new Set(this.all().map(({ name }) => notedName(name)));
    return knownStreams(this.#db, this.#settings.table_prefix)
      .filter(({ stream }) => !present.has(stream))
      .map(({ stream, table, schema }) => {
        const columns = knownColumns(this.#db, table);
        const columnOf = (property: string): string | undefined =>
          columns.get(notedName(property))?.column;
        return { stream, table, schema, columnOf };
      });
  }

  /**
   * False if the schema contains rules that go beyond types and the validator is not loaded yet.
   */
  canDeclare({ schema }: SchemaMessage): boolean {
    return this.#compile !== undefined || !this.#settings.validate_records || !demandsMore(schema);
  }

  /** Loads the validator if a SCHEMA needs it. */
  async prepare(message: SchemaMessage): Promise<void> {
    if (!this.canDeclare(message)) this.#compile = await loadValidator();
  }

  /** Creates or changes the table of a stream if its SCHEMA requires it. Joins the open transaction. */
  declare(message: SchemaMessage, line: Line): StreamWriter {
    const existing = this.#streams.get(message.stream);
    if (existing && this.#lines.get(message.stream) === line.text) return existing;
    try {
      const schema = readStreamSchema(message, line.number);
      this.#lines.set(message.stream, line.text);
      return this.#open(schema, existing?.history ?? this.#newHistory(), line.number);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new InputError('the schema is nested too deeply: fix the tap.', {
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

  /** Declares a stream's table again after its history has changed. */
  reopen(stream: StreamWriter, line: number): StreamWriter {
    return this.#open(stream.schema, stream.history, line);
  }

  /** Declares all tables again after another program changed the database's schema. */
  reopenAll(): void {
    for (const stream of this.all()) this.reopen(stream, 0);
  }

  #open(schema: StreamSchema, history: StreamHistory, line: number): StreamWriter {
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
    const stream = new StreamWriter(schema, table, history, {
      validate: settings.validate_records,
      insert: prepareInsert(this.#db, table),
      rules: this.#rules(schema),
    });
    this.#streams.set(schema.stream, stream);
    this.#families = undefined;
    this.#allFamilies = undefined;
    return stream;
  }

  #rules({ stream, schema }: StreamSchema): Rules | undefined {
    if (!this.#compile || !this.#settings.validate_records || !demandsMore(schema))
      return undefined;
    const rules = compileRules(schema, this.#compile, (pattern) => {
      log.warning(
        `The pattern ${JSON.stringify(pattern)} in the schema is not checked, because it uses lookaround, a backreference or more than 1,000 repetitions.`,
        { stream },
      );
    });
    if (!rules) {
      log.warning('The schema is not a valid JSON Schema, so only types are checked.', { stream });
    }
    return rules;
  }
}
