import { knownStreams } from './database/name-map.ts';
import type { Db } from './database/sqlite.ts';
import type { MappedLine, UnmappedLine } from './map.ts';
import { notedName } from './names.ts';
import { readStreamSchema } from './stream-schema.ts';

/**
 * The streams whose table has another key by now than in the schema of what was kept aside: with
 * the old key, rows that the new one tells apart would fall together.
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

  /** Looks at the schemas among the lines. @returns true where one of the lines is of such a stream */
  look(lines: readonly (MappedLine | UnmappedLine)[]): boolean {
    for (const line of lines) this.#note(line);
    return lines.some((line) => streamsOf(line).some((stream) => this.has(stream)));
  }

  #note({ message, number }: MappedLine): void {
    if (message.type !== 'SCHEMA') return;
    const { stream, key } = readStreamSchema(message, number);
    const known = knownStreams(this.#db, this.#prefix).find(
      (one) => one.stream === notedName(stream),
    );
    if (known && JSON.stringify(known.key) !== JSON.stringify(key)) this.#streams.add(stream);
    else this.#streams.delete(stream);
  }
}

function streamsOf(line: MappedLine | UnmappedLine): readonly string[] {
  if ('fault' in line) return line.fault.streams;
  return 'stream' in line.message ? [line.message.stream] : [];
}
