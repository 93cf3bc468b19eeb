import {
  bareRecordLine,
  InputError,
  type InputPlace,
  type JsonValue,
  type Line,
  type RecordMessage,
} from '@exact-spotter/singer';
import { RecordFault } from './check.ts';
import type { Bindable } from './database/sqlite.ts';
import type { Deletions } from './deletions.ts';
import { DELETED_AT, type MetadataColumn } from './metadata-columns.ts';
import type { UnmappedLine } from './map.ts';
import type { TargetSettings } from './program.ts';
import type { RunBooks } from './run-books.ts';
import { Misfit, type Stream } from './stream.ts';
import type { Streams } from './streams.ts';

export interface RecordParts {
  readonly settings: TargetSettings;
  readonly streams: Streams;
  readonly deletions: Deletions;
  readonly books: RunBooks;
  readonly startedAt: Date;
  /** True where the children of a record follow it. */
  readonly replacesChildren: boolean;
}

/** Takes records: writes each to its stream's table, or keeps it aside where it may not stand. */
export class Records {
  readonly #parts: RecordParts;
  readonly #metadata: Record<MetadataColumn, Bindable>;
  #now = '';

  constructor(parts: RecordParts) {
    this.#parts = parts;
    this.#metadata = {
      _sdc_extracted_at: null,
      _sdc_received_at: null,
      _sdc_batched_at: null,
      _sdc_deleted_at: null,
      _sdc_sequence: null,
      _sdc_table_version: null,
      _sdc_sync_started_at: parts.startedAt.getTime(),
    };
    this.received();
  }

  /** When the piece of the input at hand came. */
  get now(): string {
    return this.#now;
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

  /** @param isBare true where the line is the record itself, as in the file of a BATCH */
  take(stream: Stream, message: RecordMessage, line: Line, isBare: boolean): void {
    const { history } = stream;
    const { mended } = history;
    history.versions.record(message.version);
    try {
      this.#write(stream, message, line, isBare);
      this.#parts.books.wrote(message.stream);
    } catch (error) {
      history.mended = mended;
      this.#mend(error, stream, message, line, isBare);
    }
  }

  #write(stream: Stream, message: RecordMessage, line: Line, isBare: boolean): void {
    const { record, version, time_extracted } = message;
    const { deletions, replacesChildren } = this.#parts;
    const deletedAt = deletion(record[DELETED_AT]);
    const metadata = this.#metadata;
    metadata._sdc_extracted_at = time_extracted ?? null;
    metadata._sdc_table_version = version ?? null;
    metadata._sdc_deleted_at = deletedAt;
    if (deletedAt !== null && !stream.isKeyless) {
      stream.look(line, isBare);
      deletions.removeRecord(stream, record, deletedAt);
      if (deletions.isHard) return;
    }
    stream.write(record, metadata, line, isBare);
    if (deletedAt === null && replacesChildren) deletions.clearChildren(stream, record, this.#now);
  }

  #mend(error: unknown, stream: Stream, message: RecordMessage, line: Line, isBare: boolean): void {
    const { settings, streams } = this.#parts;
    if (error instanceof RecordFault) {
      this.#refuse(error, stream, message, line, isBare);
    } else if (!(error instanceof Misfit)) {
      throw error;
    } else if (settings.schema_changes === 'freeze') {
      const reason = 'its column would change the value, and schema_changes is "freeze"';
      this.#refuse(new RecordFault(error.property, reason), stream, message, line, isBare);
    } else {
      stream.history.untyped.add(error.property);
      this.take(streams.reopen(stream, line.number), message, line, isBare);
    }
  }

  #refuse(
    fault: RecordFault,
    stream: Stream,
    record: RecordMessage,
    line: Line,
    isBare: boolean,
  ): void {
    const place = { line: line.number, stream: stream.name, column: fault.column };
    const message = isBare ? bareRecordLine(record, line.text).trimEnd() : line.text;
    this.#keepAside({ fault, place, reason: fault.message, advice: 'mend the tap', message });
  }

  /** Does the same with a record that the stream maps cannot take: as its tap sent it. */
  unmapped({ fault, source, text }: UnmappedLine): void {
    const { place, reason } = fault;
    const advice = `mend the stream's map in the setting "stream_maps"`;
    this.#keepAside({ fault, place, reason, advice, message: text, source });
  }

  #keepAside({ fault, place, reason, advice, message, source }: KeptAside): void {
    const { settings, books } = this.#parts;
    if (settings.on_invalid_record === 'fail') {
      throw new InputError(
        `${reason}: ${advice}, or set on_invalid_record to "quarantine".`,
        place,
        { cause: fault },
      );
    }
    const { line = 0, stream = '', column = '' } = place;
    const told = `column "${column}": ${reason}`;
    const count = books.quarantine({
      ...{ stream, line, reason: told, message },
      ...(source !== undefined && { source }),
    });
    if (count > settings.max_quarantined) {
      throw new InputError(
        `${reason}; more than max_quarantined (${settings.max_quarantined}) records had to be kept aside: ${advice}, or raise the limit.`,
        place,
        { cause: fault },
      );
    }
  }
}

interface KeptAside {
  readonly fault: Error;
  readonly place: InputPlace;
  /** What is wrong, and what to do. */
  readonly reason: string;
  readonly advice: string;
  /** The record as a Singer line. */
  readonly message: string;
  readonly source?: string;
}

/** When a record says that it is gone; null where it does not, in whatever way it says so. */
function deletion(value: JsonValue | undefined): string | null {
  if (value === null || value === undefined || value === '' || value === false) return null;
  return typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value);
}
