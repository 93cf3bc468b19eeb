import type { Parent } from '@exact-spotter/singer';

/** A stream as its relatives need it. */
export interface Relative {
  readonly stream: string;
  readonly table: string;
  readonly parent: Parent | undefined;
  /** @returns the column of a property; nothing where it has none */
  readonly columnOf: (property: string) => string | undefined;
}

/** A table whose rows belong to the rows of another, by the columns that hold the same values. */
export interface ChildTable {
  readonly table: string;
  /** Pairs of a column of the child and one of its parent. */
  readonly pairs: readonly (readonly [string, string])[];
  readonly children: readonly ChildTable[];
}

/** The tables below a stream's, as `x-parent` of their schemas tells. */
export function childTables(stream: string, relatives: readonly Relative[]): ChildTable[] {
  const parent = relatives.find((relative) => relative.stream === stream);
  return parent ? below(parent, relatives, new Set([stream])) : [];
}

/** @param seen the streams above, so that a circle ends */
function below(
  parent: Relative,
  relatives: readonly Relative[],
  seen: ReadonlySet<string>,
): ChildTable[] {
  return relatives.flatMap((child) => {
    if (child.parent?.table !== parent.stream || seen.has(child.stream)) return [];
    const pairs = columnPairs(child, child.parent, parent);
    if (!pairs) return [];
    const children = below(child, relatives, new Set([...seen, child.stream]));
    return [{ table: child.table, pairs, children }];
  });
}

/** With half of the columns a row would take the children of others along: all, or nothing. */
function columnPairs(
  child: Relative,
  { columns }: Parent,
  parent: Relative,
): (readonly [string, string])[] | undefined {
  const named = Object.entries(columns);
  const pairs = named.flatMap(([property, above]) => {
    const [own, parents] = [child.columnOf(property), parent.columnOf(above)];
    return own === undefined || parents === undefined ? [] : [[own, parents] as const];
  });
  return pairs.length === named.length ? pairs : undefined;
}
