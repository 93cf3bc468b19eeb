import { readParent, tables, type TableName } from '@exact-spotter/schema';
import { type JsonValue, isObject } from '@exact-spotter/singer';
import type { WireRow } from '../row.ts';
import type { SetLiteral } from '../streams.ts';

/** A column, and the objects that it was looked for in. */
export interface ColumnSample {
  /** `stream.column` */
  readonly name: string;
  /** Where it may stand, the likeliest first. */
  readonly sources: readonly string[];
  readonly objects: readonly WireRow[];
  /** A date-time of which no zone is documented. */
  readonly isZoned: boolean;
}

/** Every column that is made of a set's rows, of its own table first. */
export function columnSamples(set: SetLiteral, rows: readonly WireRow[]): ColumnSample[] {
  const children = set.children ?? [];
  return [
    ...tableSamples(set.stream, set, rows),
    ...children.flatMap((child) =>
      tableSamples(
        child.stream,
        child,
        elements(rows, child.array).filter((element) => isObject(element)),
      ),
    ),
  ];
}

function tableSamples(
  stream: TableName,
  { columns, clocks = {} }: Pick<SetLiteral, 'columns' | 'clocks'>,
  objects: readonly WireRow[],
): ColumnSample[] {
  const elsewhere = readParent(tables[stream]);
  const own = Object.entries<{ type: unknown; format?: string }>(tables[stream].properties).filter(
    ([column]) => !elsewhere || (column !== 'position' && !(column in elsewhere.columns)),
  );
  return own.map(([column, { format }]) => ({
    name: `${stream}.${column}`,
    sources: [columns[column] ?? column].flat(),
    objects,
    isZoned: format === 'date-time' && clocks[column] === undefined,
  }));
}

/** The elements of an array that rows bear. */
export function elements(rows: readonly WireRow[], array: string): JsonValue[] {
  return rows.flatMap((row) => {
    const list = row[array];
    return Array.isArray(list) ? (list as readonly JsonValue[]) : [];
  });
}
