import { parseMessage, type Line } from '@exact-spotter/singer';
import { quarantinedSource, type QuarantinedRecord } from '../bookkeeping/quarantine.ts';
import { knownStreams, notedName } from '../bookkeeping/streams.ts';
import type { Db } from '../database/sqlite.ts';
import type { LineParser, MessageLine, UnmappedLine } from '../input/line-parser.ts';
import { readStreamSchema, reusableSchemaLine } from '../record/stream-schema.ts';

/** Turns quarantined records back into lines. */
export class QuarantinedLines {
  readonly #db: Db;
  readonly #parser: LineParser;
  /** Stream → the number of the SCHEMA line that last declared the stream to the parser. */
  readonly #declared = new Map<string, number>();
  #last: QuarantinedRecord | undefined;

  constructor(db: Db, parser: LineParser) {
    this.#db = db;
    this.#parser = parser;
  }

  /**
   * Applies the maps again to a record on which they failed, since the maps may have been fixed.
   */
  of(record: QuarantinedRecord): Iterable<MessageLine | UnmappedLine> {
    const line = { number: record.line, text: record.message };
    if (typeof record.source !== 'number') return [{ ...line, message: parseMessage(line) }];
    const lines = [...this.#declaration(record, record.source), line];
    if (!this.#follows(record)) this.#parser.forgetParents();
    this.#last = record;
    return this.#parser.parse(lines);
  }

  #declaration({ stream, line }: QuarantinedRecord, source: number): Line[] {
    const text = quarantinedSource(this.#db, source);
    if (text === undefined || this.#declared.get(stream) === source) return [];
    this.#declared.set(stream, source);
    return [reusableSchemaLine({ number: line, text })];
  }

  /** True if the record came right after the previous record and may therefore be its child. */
  #follows({ run, line }: QuarantinedRecord): boolean {
    return this.#last?.run === run && this.#last.line + 1 === line;
  }
}

/**
 * Collects the streams whose quarantined records have a schema with a different key than the stream's
 * table. If these records were loaded, the old key could merge different rows of the table.
 */
export class ChangedKeys {
  readonly #db: Db;
  readonly #prefix: string;
  readonly #streams = new Set<string>();

  constructor(db: Db, prefix: string) {
    this.#db = db;
    this.#prefix = prefix;
  }

  has(stream: string): boolean {
    return this.#streams.has(stream);
  }

  /**
   * Compares the key in each SCHEMA line with the key of the table. @returns true if a line belongs
   * to a stream whose key has changed
   */
  affect(lines: readonly (MessageLine | UnmappedLine)[]): boolean {
    for (const line of lines) this.#compare(line);
    return lines.some((line) => streamsOf(line).some((stream) => this.has(stream)));
  }

  #compare({ message, number }: MessageLine): void {
    if (message.type !== 'SCHEMA') return;
    const { stream, key } = readStreamSchema(message, number);
    const known = knownStreams(this.#db, this.#prefix).find(
      (one) => one.stream === notedName(stream),
    );
    if (known && JSON.stringify(known.key) !== JSON.stringify(key)) this.#streams.add(stream);
    else this.#streams.delete(stream);
  }
}

function streamsOf(line: MessageLine | UnmappedLine): readonly string[] {
  if ('error' in line) return line.error.streams;
  return 'stream' in line.message ? [line.message.stream] : [];
}
