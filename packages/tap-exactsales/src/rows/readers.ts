import type { TableName } from '@exact-spotter/schema';
import { log } from '@exact-spotter/singer';
import type { ApiRow } from '../api/odata.ts';
import type { SelectedEndpoint, SelectedStream } from '../catalog.ts';
import {
  childReader,
  rowReader,
  type ReportMismatch,
  type RowReader,
  type TableRow,
} from './row.ts';
import type { Timezone } from './timezone.ts';
import { UnusableRows } from './unusable-rows.ts';

/** A row, and the stream that it belongs to. */
export interface StreamRow {
  readonly stream: TableName;
  readonly row: TableRow;
}

/** Converts the rows of a read into rows of its streams. */
export class RowReaders {
  readonly #readers: readonly RowReader[];
  readonly #path: string | undefined;
  #rows = 0;
  /** The rows found so far that could not be sent. */
  readonly unusable = new UnusableRows();

  /**
   * @param endpoints the endpoints that the read serves
   * @param resumed the streams with rows that the interrupted read could not send
   */
  constructor(
    endpoints: readonly SelectedEndpoint[],
    timezone: Timezone,
    resumed?: { readonly unusable?: string },
  ) {
    this.#readers = endpoints.flatMap((selected) => readersOf(selected, timezone));
    this.#path = endpoints.at(-1)?.endpoint.path;
    for (const { stream } of this.#readers) {
      const isKnown = resumed?.unusable?.split(',').includes(stream) ?? false;
      if (isKnown) this.unusable.note(stream, 'a row of an interrupted run');
    }
  }

  /**
   * Yields each row, followed by its children.
   * @param streams the streams whose rows are yielded
   */
  *read(rows: readonly ApiRow[], streams: readonly SelectedStream[]): Generator<StreamRow> {
    const names = new Set(streams.map(({ stream }) => stream));
    const readers = this.#readers.filter(({ stream }) => names.has(stream));
    for (const apiRow of rows) {
      this.#rows += 1;
      for (const reader of readers) {
        const onUnusable = (element?: string): void => {
          const place = `row ${this.#rows} of ${this.#path} in reading order`;
          this.unusable.note(
            reader.stream,
            element === undefined ? place : `${element} in ${place}`,
          );
        };
        for (const row of reader.read(apiRow, onUnusable)) yield { stream: reader.stream, row };
      }
    }
  }
}

/**
 * Returns the readers of an endpoint's tables, parent first.
 * @param onMismatch creates a stream's handler for values that do not fit (default: warns once per
 * column)
 */
export function readersOf(
  { endpoint, streams }: SelectedEndpoint,
  timezone: Timezone,
  onMismatch: (stream: TableName) => ReportMismatch = warnOnce,
): RowReader[] {
  return streams.map(({ stream, columns }) => {
    const child = endpoint.children?.find((candidate) => candidate.stream === stream);
    const report = onMismatch(stream);
    return child
      ? childReader(endpoint, child, columns, timezone, report)
      : rowReader(endpoint, columns, timezone, report);
  });
}

/** Warns that the API sent a value that does not fit a column's type, once per column. */
function warnOnce(stream: TableName): ReportMismatch {
  const warned = new Set<string>();
  return (column) => {
    if (warned.has(column)) return;
    warned.add(column);
    log.warning(
      `${stream}.${column}: the API sent a value that does not fit the column's type; the tap sends null instead.`,
      { stream },
    );
  };
}
