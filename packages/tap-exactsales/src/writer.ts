import type { TableName } from '@exact-spotter/schema';
import {
  counter,
  messageLine,
  stateLine,
  type Counter,
  type JsonSchema,
  type Message,
  type Output,
  type StreamMapper,
} from '@exact-spotter/singer';
import type { TableRow } from './row.ts';
import type { SelectedStream } from './select.ts';
import type { State } from './state.ts';
import { schemaMessage } from './table-schema.ts';

/** A row on its way out, and the version that it bears. */
export interface OutgoingRow {
  readonly stream: TableName;
  readonly row: TableRow;
  readonly version: number | undefined;
}

/** The lines of a run, in order. What is handed over in one call leaves together. */
export class Writer {
  readonly #output: Output;
  readonly #state: State;
  readonly #maps: StreamMapper | undefined;
  readonly #counters = new Map<TableName, Counter>();
  readonly #rows = new Map<TableName, number>();

  /** @param maps nothing where the messages go out as they are */
  constructor(output: Output, state: State, maps?: StreamMapper) {
    this.#output = output;
    this.#state = state;
    this.#maps = maps;
  }

  /** @param more goes on top of the schema, e.g. `x-covered` */
  async schema({ stream, columns }: SelectedStream, more: JsonSchema = {}): Promise<void> {
    await this.#write(this.#lines(schemaMessage(stream, columns, more)));
  }

  /**
   * @param rows taken one by one, so that none is kept longer than its line takes
   * @param extracted when the rows came, milliseconds since 1970
   */
  async rows(rows: Iterable<OutgoingRow>, extracted: number): Promise<void> {
    const timeExtracted = `${new Date(extracted).toISOString().slice(0, -1)}000Z`;
    let text = '';
    for (const { stream, row, version } of rows) {
      this.#count(stream);
      const more = { ...(version !== undefined && { version }), time_extracted: timeExtracted };
      text += this.#lines({ type: 'RECORD', stream, record: row, ...more });
    }
    await this.#write(text);
  }

  async activateVersion(stream: TableName, version: number): Promise<void> {
    await this.#write(this.#lines({ type: 'ACTIVATE_VERSION', stream, version }));
  }

  /** What stands before this line is what the state claims. */
  async state(): Promise<void> {
    await this.#output.write(stateLine(this.#state.value()));
  }

  /** Waits until everything has left. */
  async end(): Promise<void> {
    for (const records of this.#counters.values()) records.flush();
    await this.#output.flush();
  }

  /** Rows of a stream so far. */
  written(stream: TableName): number {
    return this.#rows.get(stream) ?? 0;
  }

  #lines(message: Message): string {
    return this.#maps ? this.#maps.map(message).map(messageLine).join('') : messageLine(message);
  }

  async #write(text: string): Promise<void> {
    if (text !== '') await this.#output.write(text);
  }

  #count(stream: TableName): void {
    const records = this.#counters.get(stream) ?? counter('record_count', { stream });
    this.#counters.set(stream, records);
    records.add();
    this.#rows.set(stream, this.written(stream) + 1);
  }
}
