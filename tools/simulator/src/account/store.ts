import type { Moment } from '../seed/moment.ts';
import { lowerBound, type Ordering } from '../seed/ordering.ts';
import type { Random } from '../seed/random.ts';
import type { Range } from '../seed/rows-per-lead.ts';
import { valueAt, type Properties, type Row } from './row.ts';

/** The rows of a set. Only edited rows are stored; all other rows are generated from their index. */
export class Store {
  readonly definition: Definition;
  /** Incremented by every edit, so that caches can detect that they are out of date. */
  version = 0;
  /** The edited rows by index. A removed row is undefined. */
  readonly #edited = new Map<number, Row | undefined>();
  #next: number;
  #size: number;

  constructor(definition: Definition) {
    this.definition = definition;
    this.#next = definition.count;
    this.#size = definition.count;
  }

  get size(): number {
    return this.#size;
  }

  /** Returns the row at an index; undefined if it was removed or never existed. */
  row(index: number): Row | undefined {
    if (this.#edited.has(index)) return this.#edited.get(index);
    return index < this.definition.count ? this.definition.row(index) : undefined;
  }

  /** True if the row was added, changed or removed. */
  isEdited(index: number): boolean {
    return this.#edited.has(index);
  }

  /** Returns the rows that were added or changed. */
  edited(): [index: number, row: Row][] {
    return [...this.#edited].filter((entry): entry is [number, Row] => entry[1] !== undefined);
  }

  /** Returns the indexes of all rows with this value at `path`. They may include other rows. */
  candidates(path: string, value: number): Iterable<number> {
    const ordering = this.definition.orderings.find((one) => one.path === path);
    if (!ordering) return this.indexes();
    const [from, to] = [lowerBound(ordering, value), lowerBound(ordering, value, true)];
    const generated = Array.from({ length: to - from }, (_, at) => ordering.indexAt(from + at));
    return new Set([...generated, ...this.edited().map(([index]) => index)]);
  }

  /** Returns the indexes of the rows that belong to a lead. */
  rowsOfLead(leadIndex: number, leadId: number): number[] {
    const { owner, count } = this.definition;
    if (!owner) return [];
    const path = owner.path.split('.');
    const { from, to } = owner.rowsOf(leadIndex);
    const generated = Array.from({ length: to - from }, (_, at) => from + at);
    const edited = this.edited().map(([index]) => index);
    return [...generated.filter((index) => index < count), ...edited].filter((index) => {
      const row = this.row(index);
      return row !== undefined && valueAt(row, path) === leadId;
    });
  }

  /** Yields the indexes of all rows, oldest first. */
  *indexes(): Generator<number> {
    for (let index = 0; index < this.#next; index += 1) {
      if (!this.#edited.has(index) || this.#edited.get(index) !== undefined) yield index;
    }
  }

  /** Returns the index of a random row; undefined if all or nearly all rows were removed. */
  pick(random: Random): number | undefined {
    for (let tries = 0; tries < 100; tries += 1) {
      const index = random.below(this.#next);
      if (this.row(index) !== undefined) return index;
    }
    return undefined;
  }

  /** Generates a row, applies `change` to it and adds the result. */
  add(change: (generated: Row) => Row): Row {
    const row = change(this.definition.row(this.#next));
    this.#edited.set(this.#next, row);
    this.#next += 1;
    this.#size += 1;
    this.version += 1;
    return row;
  }

  /**
   * Replaces the row at an index.
   * @throws Error if there is no row at the index
   */
  put(index: number, row: Row): void {
    if (this.row(index) === undefined) {
      throw new Error(`${this.definition.name} has no row at index ${index}.`);
    }
    this.#edited.set(index, row);
    this.version += 1;
  }

  remove(index: number): void {
    if (this.row(index) === undefined) return;
    this.#edited.set(index, undefined);
    this.#size -= 1;
    this.version += 1;
  }
}

/** Describes a set: its columns, its order, and how its rows are generated. */
export interface Definition {
  readonly name: string;
  /** The name of the entity type in error messages. */
  readonly entity: string;
  readonly properties: Properties;
  /** The initial number of rows. They have the indexes 0 to count - 1; added rows follow. */
  readonly count: number;
  /** Generates the row at an index. The same index always yields the same row. */
  row(index: number): Row;
  /** The paths that identify a row. */
  readonly key: readonly string[];
  /** The orders in which rows can be read without sorting. */
  readonly orderings: readonly Ordering[];
  /** Members that are set to the current time when a row is added. */
  readonly addedAt: readonly string[];
  /** Members that are set to the current time when a row is changed. */
  readonly changedAt?: readonly string[];
  /** Formats a moment as the set writes it in `addedAt` and `changedAt` members. */
  stamp(moment: Moment): string;
  /** The path of the lead ID in a row, and a function that returns each lead's generated rows. */
  readonly owner?: { readonly path: string; rowsOf(lead: number): Range };
  /** Members that `$select` rejects. */
  readonly unselectable?: readonly string[];
}
