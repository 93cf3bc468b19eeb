import {
  InputError,
  log,
  type ActivateVersionMessage,
  type JsonValue,
  type Line,
  type Message,
  type RecordMessage,
  type SchemaMessage,
} from '@exact-spotter/singer';
import { RecordFault } from './check.ts';
import type { Committer } from './committer.ts';
import type { Bindable } from './database/sqlite.ts';
import type { Deletions } from './deletions.ts';
import type { MetadataColumn } from './metadata-columns.ts';
import type { RunBooks } from './run-books.ts';
import { Misfit, type Stream } from './stream.ts';
import type { Streams } from './streams.ts';

export interface TargetParts {
  readonly streams: Streams;
  readonly deletions: Deletions;
  readonly committer: Committer;
  readonly books: RunBooks;
  readonly startedAt: Date;
}

/** Does with each message what it says. All of it happens inside the transaction. */
export class Target {
  readonly #streams: Streams;
  readonly #deletions: Deletions;
  readonly #committer: Committer;
  readonly #books: RunBooks;
  readonly #metadata: Record<MetadataColumn, Bindable>;
  readonly #unknown = new Set<string>();
  #now = '';

  constructor({ streams, deletions, committer, books, startedAt }: TargetParts) {
    this.#streams = streams;
    this.#deletions = deletions;
    this.#committer = committer;
    this.#books = books;
    this.#metadata = {
      _sdc_extracted_at: null,
      _sdc_received_at: null,
      _sdc_batched_at: null,
      _sdc_deleted_at: null,
      _sdc_sequence: null,
      _sdc_table_version: null,
      _sdc_sync_started_at: startedAt.getTime(),
    };
    this.received();
  }

  /** To be called when a piece of the input came: it dates the rows in it. */
  received(): void {
    const now = new Date();
    this.#now = now.toISOString();
    this.#metadata._sdc_received_at = this.#now;
    this.#metadata._sdc_sequence = now.getTime();
  }

  /** To be called when a transaction began. */
  began(): void {
    this.#metadata._sdc_batched_at = new Date().toISOString();
  }

  /** Checks, binds and writes what a message says. */
  load(message: Message, line: Line): void {
    this.#books.read(line.text.length);
    switch (message.type) {
      case 'RECORD':
        this.#record(message, line);
        break;
      case 'SCHEMA':
        this.#schema(message, line);
        break;
      case 'STATE':
        this.#state(message.value);
        break;
      case 'ACTIVATE_VERSION':
        this.#activateVersion(message, line);
        break;
      case 'BATCH':
        throw new InputError('BATCH messages are not taken: switch them off in the tap.', {
          line: line.number,
          stream: message.stream,
        });
      case 'UNKNOWN':
        this.#warnOnce(message.name);
    }
  }

  #record(message: RecordMessage, line: Line): void {
    const stream = this.#streams.get(message.stream, line.number);
    stream.history.versions.record(message.version);
    const current = message.version === undefined ? stream : this.#versioned(stream, line);
    if (current.isKeyless) this.#committer.beforeKeyless();
    try {
      this.#write(current, message);
    } catch (error) {
      this.#mend(error, current, message, line);
    }
    this.#books.wrote(message.stream);
    this.#committer.wrote(line.text.length);
  }

  /** A stream that bears versions gets their column, whatever the settings say of the others. */
  #versioned(stream: Stream, line: Line): Stream {
    if (stream.history.isVersioned) return stream;
    stream.history.isVersioned = true;
    return this.#streams.reopen(stream, line.number);
  }

  #write(stream: Stream, { record, version, time_extracted }: RecordMessage): void {
    const deletedAt = deletion(record['_sdc_deleted_at']);
    const metadata = this.#metadata;
    metadata._sdc_extracted_at = time_extracted ?? null;
    metadata._sdc_table_version = version ?? null;
    metadata._sdc_deleted_at = deletedAt;
    if (deletedAt !== null && !stream.isKeyless) {
      this.#deletions.removeRecord(stream, record, deletedAt);
      if (this.#deletions.isHard) return;
    }
    stream.write(record, metadata);
    if (deletedAt === null) this.#deletions.clearChildren(stream, record, this.#now);
  }

  /** Makes a column untyped for a value that it cannot hold, and writes the record again. */
  #mend(error: unknown, stream: Stream, message: RecordMessage, line: Line): void {
    if (error instanceof RecordFault) {
      throw new InputError(
        `${error.message}: mend the tap, or switch validate_records off.`,
        { line: line.number, stream: stream.name, column: error.column },
        { cause: error },
      );
    }
    if (!(error instanceof Misfit)) throw error;
    stream.history.untyped.add(error.property);
    const mended = this.#streams.reopen(stream, line.number);
    try {
      this.#write(mended, message);
    } catch (again) {
      this.#mend(again, mended, message, line);
    }
  }

  #schema(message: SchemaMessage, line: Line): void {
    const stream = this.#streams.declare(message, line);
    if (message.schema['x-covered'] !== undefined) {
      const rows = this.#deletions.cover(this.#versioned(stream, line), this.#now);
      this.#tellGone(stream, rows);
    }
  }

  #state(value: string): void {
    for (const stream of this.#streams.all()) {
      const version = stream.history.versions.atState();
      if (version !== undefined) this.#activate(stream, version);
    }
    // Nothing to remember is no bookmark: it must not take the place of one.
    if (value.trim() !== 'null' && !/^\{\s*\}$/.test(value)) this.#committer.state(value);
  }

  #activateVersion({ stream: name, version }: ActivateVersionMessage, line: Line): void {
    const stream = this.#versioned(this.#streams.get(name, line.number), line);
    if (stream.history.versions.announce(version)) this.#activate(stream, version);
  }

  #activate(stream: Stream, version: number): void {
    this.#tellGone(stream, this.#deletions.activate(stream, version, this.#now));
  }

  #tellGone(stream: Stream, rows: number): void {
    if (rows > 0) log.info(`Rows that are gone at the source: ${rows}`, { stream: stream.name });
  }

  /** What is left to do when the input has ended, inside the last transaction. */
  end(): void {
    for (const stream of this.#streams.all()) {
      const { version, warning } = stream.history.versions.atEnd();
      if (version !== undefined) this.#activate(stream, version);
      if (warning !== undefined) log.warning(warning, { stream: stream.name });
      if (stream.history.mended > 0) {
        log.warning(`Texts with half a character, which became U+FFFD: ${stream.history.mended}`, {
          stream: stream.name,
        });
      }
    }
  }

  #warnOnce(type: string): void {
    if (this.#unknown.has(type)) return;
    this.#unknown.add(type);
    log.warning('Messages of a type that is not known here are passed over.');
  }
}

/** When a record says that it is gone; null where it does not. */
function deletion(value: JsonValue | undefined): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value);
}
