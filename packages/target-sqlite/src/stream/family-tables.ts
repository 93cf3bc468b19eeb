import { Families, type JsonSchema } from '@exact-spotter/singer';
import type { ChildTable } from '../database/deletion-sql.ts';

/** A stream with its table. */
export interface StreamTable {
  readonly stream: string;
  readonly table: string;
  readonly schema: JsonSchema;
  /** @returns the column of a property; undefined if it has none */
  readonly columnOf: (property: string) => string | undefined;
}

/** Which tables hold the children of a stream's rows, and by which columns. */
export class FamilyTables {
  readonly #families = new Families();
  readonly #streams = new Map<string, StreamTable>();

  constructor(streams: Iterable<StreamTable>) {
    for (const stream of streams) {
      this.#streams.set(stream.stream, stream);
      this.#families.declare(stream.stream, stream.schema);
    }
  }

  /** The tables of a stream's children, of their children, and so on. */
  below(stream: string): ChildTable[] {
    return this.#below(stream, new Set([stream]));
  }

  /** @param above the streams above, so that a cycle ends */
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
 * Pairs of a child's column and its parent's.
 * @returns undefined if one is missing: the others alone would match children of other rows too
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
