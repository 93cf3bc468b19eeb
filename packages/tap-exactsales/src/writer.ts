import { tables, type TableName } from '@exact-spotter/schema';
import {
  activateVersionLine,
  counter,
  recordLine,
  schemaLine,
  stateLine,
  type Counter,
  type JsonSchema,
  type Output,
} from '@exact-spotter/singer';
import type { TableRow } from './row.ts';
import type { SelectedStream } from './select.ts';
import type { State } from './state.ts';
import { replicationKey, wireSchema } from './table-schema.ts';

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
  readonly #counters = new Map<TableName, Counter>();
  readonly #rows = new Map<TableName, number>();

  constructor(output: Output, state: State) {
    this.#output = output;
    this.#state = state;
  }

  /** @param more goes on top of the schema, e.g. `x-covered` */
  async schema({ stream, columns }: SelectedStream, more: JsonSchema = {}): Promise<void> {
    const bookmark = replicationKey(stream);
    const schema = { ...wireSchema(stream, columns), ...more };
    const key = tables[stream]['x-key'];
    await this.#output.write(
      schemaLine(stream, schema, key, bookmark === undefined ? undefined : [bookmark]),
    );
  }

  /** @param extracted when the rows came, milliseconds since 1970 */
  async rows(rows: readonly OutgoingRow[], extracted: number): Promise<void> {
    const timeExtracted = `${new Date(extracted).toISOString().slice(0, -1)}000Z`;
    const lines = rows.map(({ stream, row, version }) => {
      this.#count(stream);
      return recordLine(stream, row, { timeExtracted, ...(version !== undefined && { version }) });
    });
    if (lines.length > 0) await this.#output.write(lines.join(''));
  }

  async activateVersion(stream: TableName, version: number): Promise<void> {
    await this.#output.write(activateVersionLine(stream, version));
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

  #count(stream: TableName): void {
    const records = this.#counters.get(stream) ?? counter('record_count', { stream });
    this.#counters.set(stream, records);
    records.add();
    this.#rows.set(stream, this.written(stream) + 1);
  }
}
