import type { JsonRecord, JsonSchema } from './messages.ts';
import { readParent, type Parent } from './vocabulary.ts';

/**
 * Which streams are children of which, as `x-parent` in their schemas says. A parent's record
 * replaces its children, so a family's records belong together, parents first.
 */
export class Families {
  readonly #parents = new Map<string, Parent>();

  /** Learns a stream's parent from its schema; a later schema of the stream replaces an earlier one. */
  declare(stream: string, schema: JsonSchema): void {
    const parent = readParent(schema);
    if (parent) this.#parents.set(stream, parent);
    else this.#parents.delete(stream);
  }

  parentOf(stream: string): Parent | undefined {
    return this.#parents.get(stream);
  }

  /** The streams whose parent this is, with the columns that connect them. */
  childrenOf(stream: string): Child[] {
    return [...this.#parents].flatMap(([child, { table, columns }]) =>
      table === stream ? [{ stream: child, columns }] : [],
    );
  }

  /** The stream at the top of a stream's family. */
  rootOf(stream: string): string {
    return this.#lineage(stream).at(-1) ?? stream;
  }

  /** How many streams are above this one. */
  depthOf(stream: string): number {
    return this.#lineage(stream).length - 1;
  }

  /** The stream, its parent, and so on. Schemas that form a cycle end it. */
  #lineage(stream: string): string[] {
    const lineage: string[] = [];
    for (let at: string | undefined = stream; at !== undefined; at = this.parentOf(at)?.table) {
      if (lineage.includes(at)) break;
      lineage.push(at);
    }
    return lineage;
  }
}

/** A stream whose records are elements of its parent's. */
export interface Child {
  readonly stream: string;
  /** The child's column → the parent's column. */
  readonly columns: Readonly<Record<string, string>>;
}

/**
 * Identifies the children of one parent record: the same text for the parent (with its own columns)
 * and for each of its children (with theirs).
 */
export function siblingsKey(child: string, record: JsonRecord, columns: readonly string[]): string {
  return JSON.stringify([child, ...columns.map((column) => record[column] ?? null)]);
}
