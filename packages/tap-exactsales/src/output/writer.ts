import { tableNames, tables, type TableName } from '@exact-spotter/schema';
import {
  counter,
  stdoutOutput,
  type Counter,
  type JsonSchema,
  type Message,
  type Output,
} from '@exact-spotter/singer';
import { loadMapper, type StreamMapper } from '@exact-spotter/stream-maps';
import { schemaMessage, type SelectedStream } from '../catalog.ts';
import type { State } from '../state/state.ts';
import { EXTRA } from '../rows/extra-column.ts';
import type { StreamRow } from '../rows/readers.ts';
import { program, type TapSettings } from '../settings.ts';
import { LineOutput, type MessageOutput } from './line-output.ts';

/**
 * Opens the writer of a run, with the stream maps from the settings. All streams are known in
 * advance, so maps that do not fit the streams, or name unknown ones, are reported before the first
 * request.
 * @param output writes the messages (default: as lines)
 * @throws SettingsError that lists every problem in the maps
 */
export async function openWriter(
  settings: TapSettings,
  selected: ReadonlyMap<TableName, SelectedStream>,
  state: State,
  output: MessageOutput = new LineOutput(stdoutOutput()),
): Promise<Writer> {
  const maps = await loadMapper(settings);
  maps?.prepare(
    [...selected.values()].map(({ stream, columns }) => schemaMessage(stream, columns)),
    tableNames.map((stream) => schemaMessage(stream, knownColumns(stream))),
  );
  return new Writer(output, state, maps);
}

/** Maps may name every column of a table, even if it is not selected. */
function knownColumns(stream: TableName): ReadonlySet<string> {
  return new Set([...Object.keys(tables[stream].properties), EXTRA]);
}

/**
 * Opens the output of a run: lines, or lines and files if the settings ask for batches.
 * @throws SettingsError if the batch folder cannot be used
 */
export async function openOutput(
  { batch_config: config }: TapSettings,
  output: Output,
): Promise<MessageOutput> {
  if (!config) return new LineOutput(output);
  const { openBatches } = await import('./batch-output.ts');
  return openBatches(config, program.name, output);
}

/** Writes the messages of a run, in order. The messages of one call are written together. */
export class Writer {
  readonly #output: MessageOutput;
  readonly #state: State;
  readonly #maps: StreamMapper | undefined;
  readonly #counters = new Map<TableName, Counter>();
  readonly #rows = new Map<TableName, number>();

  /** @param maps the stream maps to apply to the messages (default: none) */
  constructor(output: MessageOutput, state: State, maps?: StreamMapper) {
    this.#output = output;
    this.#state = state;
    this.#maps = maps;
  }

  /** @param more keywords to add to the schema, e.g. `x-covered` */
  async schema({ stream, columns }: SelectedStream, more: JsonSchema = {}): Promise<void> {
    await this.#write([schemaMessage(stream, columns, more)]);
  }

  /**
   * @param rows consumed one by one, so that memory holds only one row besides the text of the
   * lines
   * @param versions row versions by stream; if a stream has no version, its rows are sent without a
   * version
   * @param extracted when the rows were read, in milliseconds since 1970
   */
  async rows(
    rows: Iterable<StreamRow>,
    versions: ReadonlyMap<TableName, number>,
    extracted: number,
  ): Promise<void> {
    const timeExtracted = `${new Date(extracted).toISOString().slice(0, -1)}000Z`;
    await this.#write(this.#records(rows, versions, timeExtracted));
  }

  async activateVersion(stream: TableName, version: number): Promise<void> {
    await this.#write([{ type: 'ACTIVATE_VERSION', stream, version }]);
  }

  /** Writes a STATE that covers everything written before. */
  async state(): Promise<void> {
    await this.#output.state(() => this.#state.value());
  }

  /** Waits until everything has been written. */
  async end(): Promise<void> {
    for (const records of this.#counters.values()) records.flush();
    await this.#output.end();
  }

  /** Returns how many rows of a stream have been written. */
  written(stream: TableName): number {
    return this.#rows.get(stream) ?? 0;
  }

  *#records(
    rows: Iterable<StreamRow>,
    versions: ReadonlyMap<TableName, number>,
    timeExtracted: string,
  ): Generator<Message> {
    for (const { stream, row } of rows) {
      this.#count(stream);
      const version = versions.get(stream);
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
