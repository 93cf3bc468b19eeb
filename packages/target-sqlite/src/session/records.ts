import {
  InputError,
  type InputPlace,
  type JsonValue,
  type Line,
  type RecordMessage,
} from '@exact-spotter/singer';
import { quarantineWriter } from '../bookkeeping/quarantine.ts';
import { DELETED_AT, type MetadataColumn } from '../database/columns.ts';
import type { Bindable } from '../database/sqlite.ts';
import type { UnmappedLine } from '../input/line-parser.ts';
import { InvalidRecordError } from '../record/check.ts';
import { SourcedRecord } from '../record/source.ts';
import type { Deletions } from '../stream/deletions.ts';
import type { StreamRegistry } from '../stream/registry.ts';
import { ColumnTooNarrowError, type StreamWriter } from '../stream/stream-writer.ts';
import type { SessionContext } from './context.ts';
import type { Counts } from './counts.ts';

/** Writes records to their streams' tables, and quarantines invalid records. */
export class Records {
  readonly #context: SessionContext;
  readonly #registry: StreamRegistry;
  readonly #deletions: Deletions;
  readonly #counts: Counts;
  readonly #quarantine: ReturnType<typeof quarantineWriter>;
  readonly #metadata: Record<MetadataColumn, Bindable>;
  #now = '';
  #quarantined = 0;

  constructor(
    context: SessionContext,
    registry: StreamRegistry,
    deletions: Deletions,
    counts: Counts,
  ) {
    this.#context = context;
    this.#registry = registry;
    this.#deletions = deletions;
    this.#counts = counts;
    this.#quarantine = quarantineWriter(context.db, context.run);
    this.#metadata = {
      _sdc_extracted_at: null,
      _sdc_received_at: null,
      _sdc_batched_at: null,
      _sdc_deleted_at: null,
      _sdc_sequence: null,
      _sdc_table_version: null,
      _sdc_sync_started_at: context.startedAt.getTime(),
    };
    this.received();
  }

  /** The time when the current piece of input arrived. */
  get now(): string {
    return this.#now;
  }

  /** The number of quarantined records. */
  get quarantined(): number {
    return this.#quarantined;
  }

  /** Sets the time at which the rows of a new piece of input were received. */
  received(): void {
    const now = new Date();
    this.#now = now.toISOString();
    this.#metadata._sdc_received_at = this.#now;
    this.#metadata._sdc_sequence = now.getTime();
  }

  /** Sets the time of a new transaction for its rows. */
  began(): void {
    this.#metadata._sdc_batched_at = new Date().toISOString();
  }

  /**
   * Writes a record. Checking in advance that each column can store its value unchanged would slow
   * down every record. Instead, an attempt to bind a value that the column would change throws an
   * error; the column then becomes untyped, and the table's new writer writes the record.
   */
  write(stream: StreamWriter, message: RecordMessage, line: Line): void {
    const { history } = stream;
    const { surrogates } = history;
    const record = new SourcedRecord(message, line);
    history.versions.record(message.version);
    for (let writer = stream; ;) {
      try {
        this.#tryWrite(writer, record);
        this.#counts.addRow(message.stream);
        return;
      } catch (error) {
        history.surrogates = surrogates;
        const invalid = this.#invalid(error);
        if (invalid) {
          this.#reject(invalid, stream.name, line);
          return;
        }
        if (!(error instanceof ColumnTooNarrowError)) throw error;
        history.untyped.add(error.property);
        writer = this.#registry.reopen(writer, line.number);
      }
    }
  }

  #tryWrite(stream: StreamWriter, record: SourcedRecord): void {
    const { version, time_extracted } = record.message;
    const deletedAt = deletionTime(record.values[DELETED_AT]);
    const metadata = this.#metadata;
    metadata._sdc_extracted_at = time_extracted ?? null;
    metadata._sdc_table_version = version ?? null;
    metadata._sdc_deleted_at = deletedAt;
    if (deletedAt !== null && !stream.isKeyless) {
      this.#deletions.deleteRecord(stream, record, deletedAt);
      if (this.#deletions.isHard) return;
    }
    stream.write(record, metadata);
    if (deletedAt === null && this.#context.replacesChildren)
      this.#deletions.deleteChildren(stream, record, this.#now);
  }

  /** @returns undefined if the record is not the cause, or if a different column type solves the problem */
  #invalid(error: unknown): InvalidRecordError | undefined {
    if (error instanceof InvalidRecordError) return error;
    const isFrozen = this.#context.settings.schema_changes === 'freeze';
    if (!(error instanceof ColumnTooNarrowError) || !isFrozen) return undefined;
    return new InvalidRecordError(
      error.property,
      'its column would change the value, and schema_changes is "freeze"',
    );
  }

  #reject(error: InvalidRecordError, stream: string, { number, text }: Line): void {
    const place = { line: number, stream, column: error.column };
    this.#quarantineOrFail({
      error,
      place,
      reason: error.message,
      advice: 'fix the tap',
      message: text,
    });
  }

  /** Rejects a record on which the stream maps failed: it is quarantined as the tap sent it. */
  rejectUnmapped({ error, schemaLine, text }: UnmappedLine): void {
    const { place, reason } = error;
    const advice = `fix the stream's map in the setting "stream_maps"`;
    this.#quarantineOrFail({ error, place, reason, advice, message: text, source: schemaLine });
  }

  #quarantineOrFail({ error, place, reason, advice, message, source }: Rejection): void {
    const { settings } = this.#context;
    if (settings.on_invalid_record === 'fail') {
      throw new InputError(
        `${reason}: ${advice}, or set on_invalid_record to "quarantine".`,
        place,
        { cause: error },
      );
    }
    const { line = 0, stream = '', column = '' } = place;
    this.#quarantine({
      ...{ stream, line, reason: `column "${column}": ${reason}`, message },
      ...(source !== undefined && { source }),
    });
    this.#quarantined += 1;
    if (this.#quarantined > settings.max_quarantined) {
      throw new InputError(
        `${reason}; more than max_quarantined (${settings.max_quarantined}) records are invalid: ${advice}, or raise the limit.`,
        place,
        { cause: error },
      );
    }
  }
}

interface Rejection {
  readonly error: Error;
  readonly place: InputPlace;
  /** What is wrong. */
  readonly reason: string;
  /** What to do. */
  readonly advice: string;
  /** The record as a Singer message on one line. */
  readonly message: string;
  /**
   * The SCHEMA line of the record's stream. Set only if `message` is the record as the tap sent it,
   * before stream maps.
   */
  readonly source?: string;
}

/** Returns the deletion time that the record contains; null if the value is missing, null, "" or false. */
function deletionTime(value: JsonValue | undefined): string | null {
  if (value === null || value === undefined || value === '' || value === false) return null;
  return typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value);
}
