import { parseMessage, type Line } from '@exact-spotter/singer';
import { keptSource, type Kept } from './database/quarantine.ts';
import type { Db } from './database/sqlite.ts';
import type { LineMapper, MappedLine, UnmappedLine } from './map.ts';
import { schemaOfAnyRun } from './stream-schema.ts';

/** Makes of what was kept aside the lines that are loaded again. */
export class KeptLines {
  readonly #db: Db;
  readonly #maps: LineMapper | undefined;
  /** Stream → the form in which it was declared to the maps last. */
  readonly #declared = new Map<string, number>();
  #last: Kept | undefined;

  constructor(db: Db, maps: LineMapper | undefined) {
    this.#db = db;
    this.#maps = maps;
  }

  /** A record that was kept as its tap sent it goes through the maps, which may be mended by now. */
  of(kept: Kept): Iterable<MappedLine | UnmappedLine> {
    const record = { number: kept.line, text: kept.message };
    if (typeof kept.source !== 'number') return [asMessage(record)];
    const lines = [...this.#declaration(kept, kept.source), record];
    if (!this.#follows(kept)) this.#maps?.forgetParents();
    this.#last = kept;
    return this.#maps?.lines(lines) ?? lines.map(asMessage);
  }

  #declaration({ stream, line }: Kept, source: number): Line[] {
    const text = keptSource(this.#db, source);
    if (text === undefined || this.#declared.get(stream) === source) return [];
    this.#declared.set(stream, source);
    return [schemaOfAnyRun({ number: line, text })];
  }

  /** True where it came right after the one before: it may be that one's child. */
  #follows({ run, line }: Kept): boolean {
    return this.#last?.run === run && this.#last.line + 1 === line;
  }
}

function asMessage(line: Line): MappedLine {
  return { ...line, message: parseMessage(line) };
}
