import type { JsonRecord, JsonSchema } from './messages.ts';
import { readParent, type Parent } from './vocabulary.ts';

/**
 * Knows which streams are children of which, from `x-parent` in their schemas. A parent's record
 * replaces its children, so the records of a family belong together, parents first.
 */
export class Families {
  readonly #parents = new Map<string, Parent>();

  /** Reads a stream's parent from its schema. A later schema of the stream replaces an earlier one. */
  declare(stream: string, schema: JsonSchema): void {
    const parent = readParent(schema);
    if (parent) this.#parents.set(stream, parent);
    else this.#parents.delete(stream);
  }

  parentOf(stream: string): Parent | undefined {
    return this.#parents.get(stream);
  }

  /** The children of a stream, with the columns that connect them. */
  childrenOf(stream: string): Child[] {
    return [...this.#parents].flatMap(([child, { table, columns }]) =>
      table === stream ? [{ stream: child, columns }] : [],
    );
  }

  /** The root of a stream's family. */
  rootOf(stream: string): string {
    return this.#lineage(stream).at(-1) ?? stream;
  }

  /** The number of ancestors of a stream. */
  depthOf(stream: string): number {
    return this.#lineage(stream).length - 1;
  }

  /** The stream, its parent, and so on. Stops at a cycle. */
  #lineage(stream: string): string[] {
    const lineage: string[] = [];
    for (let at: string | undefined = stream; at !== undefined; at = this.parentOf(at)?.table) {
      if (lineage.includes(at)) break;
      lineage.push(at);
    }
    return lineage;
  }
}

/** A stream whose records come from an array in its parent's records. */
export interface Child {
  readonly stream: string;
  /** The child's column → the parent's column. */
  readonly columns: Readonly<Record<string, string>>;
}

/**
 * Returns a key for the children of one parent record. It is the same for the parent (given the
 * parent's columns) and for each child (given the child's columns).
 */
export function siblingsKey(child: string, record: JsonRecord, columns: readonly string[]): string {
  return JSON.stringify([child, ...columns.map((column) => record[column] ?? null)]);
}
