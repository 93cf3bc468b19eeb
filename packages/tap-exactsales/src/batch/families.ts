import { readParent } from '@exact-spotter/schema';
import type { JsonRecord, SchemaMessage } from '@exact-spotter/singer';

/**
 * Which streams belong together, as `x-parent` in their schemas tells. A target clears the children
 * of a row when the row comes, so the rows of a family leave together, parents first.
 */
export class Families {
  /** Child → parent. */
  readonly #parents = new Map<string, string>();
  /** Parent → child → the parent's columns that say which children are its own. */
  readonly #ties = new Map<string, Map<string, readonly string[]>>();

  declare({ stream, schema }: SchemaMessage): void {
    const parent = readParent(schema);
    if (!parent) return;
    const ties = this.#ties.get(parent.table) ?? new Map<string, readonly string[]>();
    this.#ties.set(parent.table, ties.set(stream, Object.values(parent.columns)));
    this.#parents.set(stream, parent.table);
  }

  /** The streams of a stream's family are those with the same head. */
  headOf(stream: string): string {
    return this.#line(stream).at(-1) ?? stream;
  }

  /** How many stand above a stream. */
  depthOf(stream: string): number {
    return this.#line(stream).length - 1;
  }

  /** What a record takes the place of: the same for records that clear the same children. */
  claims(stream: string, record: JsonRecord): string[] {
    const ties = this.#ties.get(stream);
    if (!ties) return [];
    return [...ties].map(([child, columns]) =>
      JSON.stringify([child, ...columns.map((column) => record[column] ?? null)]),
    );
  }

  /** The stream, its parent, and so on; a circle ends. */
  #line(stream: string): string[] {
    const line: string[] = [];
    for (let at: string | undefined = stream; at !== undefined; at = this.#parents.get(at)) {
      if (line.includes(at)) break;
      line.push(at);
    }
    return line;
  }
}
