import {
  InputError,
  type JsonRecord,
  type RecordMessage,
  type SchemaMessage,
} from '@exact-spotter/singer';
import { asObject } from './schema.ts';

/** Why the children of a record do not go on: it was kept out, or the filter failed on it. */
export type Fate = 'out' | 'undecided';

/** What is known of the records that others belong to. */
export interface Parents {
  /** The fate of the record that this one belongs to; nothing where it went on, or is not known. */
  above: (message: RecordMessage) => Fate | undefined;
  note: (message: RecordMessage, fate: Fate | undefined) => void;
}

/** In lines the children follow their parent: a stream's last record is the one that they belong to. */
export class LastRecords implements Parents {
  readonly #sources: ReadonlyMap<string, SchemaMessage>;
  readonly #fates = new Map<string, Fate>();

  /** @param sources the streams as they came */
  constructor(sources: ReadonlyMap<string, SchemaMessage>) {
    this.#sources = sources;
  }

  above({ stream }: RecordMessage): Fate | undefined {
    if (this.#fates.size === 0) return undefined;
    const parent = asObject(this.#sources.get(stream)?.schema['x-parent'])?.['table'];
    return typeof parent === 'string' ? this.#fates.get(parent) : undefined;
  }

  note({ stream }: RecordMessage, fate: Fate | undefined): void {
    if (fate === undefined) this.#fates.delete(stream);
    else this.#fates.set(stream, fate);
  }

  forget(stream: string): void {
    this.#fates.delete(stream);
  }

  forgetAll(): void {
    this.#fates.clear();
  }
}

/** Letters of what is remembered of records in files, each with its cost beside them. */
const MOST_LETTERS = 128 * 1024 * 1024;
const COST = 100;

/**
 * In the files of BATCH messages all parents come first, and then all children: who belongs to whom
 * is told by the values of the columns that `x-parent` names. A family never spans a STATE.
 */
export class FiledRecords implements Parents {
  readonly #sources: ReadonlyMap<string, SchemaMessage>;
  readonly #fates = new Map<string, Fate>();
  #letters = 0;

  constructor(sources: ReadonlyMap<string, SchemaMessage>) {
    this.#sources = sources;
  }

  above({ stream, record }: RecordMessage): Fate | undefined {
    if (this.#fates.size === 0) return undefined;
    const tie = tieOf(this.#sources.get(stream));
    return tie && this.#fates.get(bond(stream, record, Object.keys(tie.columns)));
  }

  /** @throws InputError where more would have to be remembered than memory is for */
  note({ stream, record }: RecordMessage, fate: Fate | undefined): void {
    if (fate === undefined && this.#fates.size === 0) return;
    for (const [child, source] of this.#sources) {
      const tie = tieOf(source);
      if (tie?.table !== stream) continue;
      const children = bond(child, record, Object.values(tie.columns));
      if (this.#fates.delete(children)) this.#letters -= children.length + COST;
      if (fate === undefined) continue;
      this.#fates.set(children, fate);
      this.#letters += children.length + COST;
      if (this.#letters > MOST_LETTERS) throw new InputError(TOO_MANY, { stream });
    }
  }

  forgetAll(): void {
    this.#fates.clear();
    this.#letters = 0;
  }
}

const TOO_MANY =
  'the filter keeps out more records of BATCH files than can be remembered for their children: let the tap send fewer between two STATEs, or filter there.';

interface Tie {
  readonly table: string;
  /** Column of the child → column of its parent. */
  readonly columns: Readonly<Record<string, string>>;
}

function tieOf(source: SchemaMessage | undefined): Tie | undefined {
  const parent: Readonly<Record<string, unknown>> | undefined = asObject(
    source?.schema['x-parent'],
  );
  const [table, columns] = [parent?.['table'], asObject(parent?.['columns'])];
  if (typeof table !== 'string' || !columns) return undefined;
  const names: readonly unknown[] = Object.values(columns);
  // Without a column every child would belong to every parent.
  if (names.length === 0 || !names.every((name) => typeof name === 'string')) return undefined;
  return { table, columns: columns as unknown as Tie['columns'] };
}

/** The same for a parent and for those records of a child stream that belong to it. */
function bond(child: string, record: JsonRecord, columns: readonly string[]): string {
  return JSON.stringify([child, ...columns.map((column) => record[column] ?? null)]);
}
