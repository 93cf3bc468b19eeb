import type { TableName } from '@exact-spotter/schema';
import { counter, type Counter, type JsonSchema, type Message } from '@exact-spotter/singer';
import type { StreamMapper } from '@exact-spotter/stream-maps';
import type { MessageOutput } from './message-output.ts';
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

/** The messages of a run, in order. What is handed over in one call leaves together. */
export class Writer {
  readonly #output: MessageOutput;
  readonly #state: State;
  readonly #maps: StreamMapper | undefined;
  readonly #counters = new Map<TableName, Counter>();
  readonly #rows = new Map<TableName, number>();

  /** @param maps nothing where the messages go out as they are */
  constructor(output: MessageOutput, state: State, maps?: StreamMapper) {
    this.#output = output;
    this.#state = state;
    this.#maps = maps;
  }

  /** @param more goes on top of the schema, e.g. `x-covered` */
  async schema({ stream, columns }: SelectedStream, more: JsonSchema = {}): Promise<void> {
    await this.#write([schemaMessage(stream, columns, more)]);
  }

  /**
   * @param rows taken one by one, so that none is kept longer than its line takes
   * @param extracted when the rows came, milliseconds since 1970
   */
  async rows(rows: Iterable<OutgoingRow>, extracted: number): Promise<void> {
    const timeExtracted = `${new Date(extracted).toISOString().slice(0, -1)}000Z`;
    await this.#write(this.#records(rows, timeExtracted));
  }

  async activateVersion(stream: TableName, version: number): Promise<void> {
    await this.#write([{ type: 'ACTIVATE_VERSION', stream, version }]);
  }

  /** What was handed over before is what the state claims. */
  async state(): Promise<void> {
    await this.#output.state(() => this.#state.value());
  }

  /** Waits until everything has left. */
  async end(): Promise<void> {
    for (const records of this.#counters.values()) records.flush();
    await this.#output.end();
  }

  /** Rows of a stream so far. */
  written(stream: TableName): number {
    return this.#rows.get(stream) ?? 0;
  }

  *#records(rows: Iterable<OutgoingRow>, timeExtracted: string): Generator<Message> {
    for (const { stream, row, version } of rows) {
      this.#count(stream);
      const message = {
        type: 'RECORD',
        stream,
        record: row,
        time_extracted: timeExtracted,
      } as const;
      yield version === undefined ? message : { ...message, version };
    }
  }

  async #write(messages: Iterable<Message>): Promise<void> {
    await this.#output.write(this.#maps ? mapped(messages, this.#maps) : messages);
  }

  #count(stream: TableName): void {
    const records = this.#counters.get(stream) ?? counter('record_count', { stream });
    this.#counters.set(stream, records);
    records.add();
    this.#rows.set(stream, this.written(stream) + 1);
  }
}

function* mapped(messages: Iterable<Message>, maps: StreamMapper): Generator<Message> {
  for (const message of messages) yield* maps.map(message);
}
