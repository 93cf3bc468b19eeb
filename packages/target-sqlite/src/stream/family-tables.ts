import { Families, type JsonSchema } from '@exact-spotter/singer';
import type { ChildTable } from '../database/deletion-sql.ts';

/** A stream with its table. */
export interface StreamTable {
  readonly stream: string;
  readonly table: string;
  readonly schema: JsonSchema;
  /** @returns the column of a property; undefined if the property has no column */
  readonly columnOf: (property: string) => string | undefined;
}

/** Finds the tables with the children of a stream's rows, and the columns that link them. */
export class FamilyTables {
  readonly #families = new Families();
  readonly #streams = new Map<string, StreamTable>();

  constructor(streams: Iterable<StreamTable>) {
    for (const stream of streams) {
      this.#streams.set(stream.stream, stream);
      this.#families.declare(stream.stream, stream.schema);
    }
  }

  /** Returns the tables of a stream's children, each with the tables of its own children, and so on. */
  below(stream: string): ChildTable[] {
    return this.#below(stream, new Set([stream]));
  }

  /** @param above the ancestor streams, which are skipped to avoid endless recursion */
  #below(stream: string, above: ReadonlySet<string>): ChildTable[] {
    const parent = this.#streams.get(stream);
    if (!parent) return [];
    return this.#families.childrenOf(stream).flatMap(({ stream: name, columns }) => {
      const child = this.#streams.get(name);
      const pairs = child && !above.has(name) ? columnPairs(child, columns, parent) : undefined;
      if (!child || !pairs) return [];
      const children = this.#below(name, new Set([...above, name]));
      return [{ table: child.table, pairs, children }];
    });
  }
}

/**
 * Pairs each linking column of a child with the parent's column.
 * @returns undefined if a column is missing, since the remaining pairs could match children of other rows
 */
function columnPairs(
  child: StreamTable,
  columns: Readonly<Record<string, string>>,
  parent: StreamTable,
): (readonly [string, string])[] | undefined {
  const properties = Object.entries(columns);
  const pairs = properties.flatMap(([childProperty, parentProperty]) => {
    const [own, above] = [child.columnOf(childProperty), parent.columnOf(parentProperty)];
    return own === undefined || above === undefined ? [] : [[own, above] as const];
  });
  return pairs.length === properties.length ? pairs : undefined;
}
