import type { JsonRecord, JsonSchema } from '../messages/messages.ts';
import { readParent, type Parent } from './x-keywords.ts';

/**
 * Remembers the parent of each stream, as declared by `x-parent` in the stream's schema. A parent
 * record replaces its earlier children, so the records of a family must be kept together, parents
 * first.
 */
export class Families {
  readonly #parents = new Map<string, Parent>();

  /** Reads a stream's parent from its schema. A later schema replaces an earlier schema. */
  declare(stream: string, schema: JsonSchema): void {
    const parent = readParent(schema);
    if (parent) this.#parents.set(stream, parent);
    else this.#parents.delete(stream);
  }

  parentOf(stream: string): Parent | undefined {
    return this.#parents.get(stream);
  }

  /** Returns a stream's children, with the columns that link them to it. */
  childrenOf(stream: string): Child[] {
    return [...this.#parents].flatMap(([child, { table, columns }]) =>
      table === stream ? [{ stream: child, columns }] : [],
    );
  }

  /** Returns the root of a stream's family. */
  rootOf(stream: string): string {
    return this.#lineage(stream).at(-1) ?? stream;
  }

  /** Returns the number of a stream's ancestors. */
  depthOf(stream: string): number {
    return this.#lineage(stream).length - 1;
  }

  /** Returns the stream, its parent, its grandparent and so on. Stops at a cycle. */
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
 * Returns a key that a parent record shares with its children. The key is computed from the
 * parent's columns for a parent record, and from the child's columns for a child record.
 */
export function siblingsKey(child: string, record: JsonRecord, columns: readonly string[]): string {
  return JSON.stringify([child, ...columns.map((column) => record[column] ?? null)]);
}
