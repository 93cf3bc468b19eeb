import type { Moment } from '../seed/instant.ts';
import { lowerBound, type Ordering } from '../seed/ordering.ts';
import type { Draws } from '../seed/random.ts';
import type { Range } from '../seed/rows-per-lead.ts';
import { valueAt, type Properties, type Row } from './row.ts';

/**
 * The rows of one set: made again from their index each time they are asked for, except those that
 * were changed, removed or added since.
 */
export class Store {
  readonly definition: Definition;
  /** Grows with every edit: what was computed for an older one is void. */
  version = 0;
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

  /** Undefined for a row that was removed, or never was. */
  row(index: number): Row | undefined {
    if (this.#edited.has(index)) return this.#edited.get(index);
    return index < this.definition.count ? this.definition.row(index) : undefined;
  }

  isEdited(index: number): boolean {
    return this.#edited.has(index);
  }

  /** The rows that are no longer, or never were, what the seed makes of them. */
  edited(): [index: number, row: Row][] {
    return [...this.#edited].filter((entry): entry is [number, Row] => entry[1] !== undefined);
  }

  /** The rows that may hold the value at a path: all that do, and few others. */
  candidates(path: string, value: number): Iterable<number> {
    const ordering = this.definition.orderings.find((one) => one.path === path);
    if (!ordering) return this.indexes();
    const [from, to] = [lowerBound(ordering, value), lowerBound(ordering, value, true)];
    const made = Array.from({ length: to - from }, (_, at) => ordering.indexAt(from + at));
    return new Set([...made, ...this.edited().map(([index]) => index)]);
  }

  /** The rows that hang on a lead. */
  ofLead(leadIndex: number, leadId: number): number[] {
    const { owner, count } = this.definition;
    if (!owner) return [];
    const path = owner.path.split('.');
    const { from, to } = owner.rowsOf(leadIndex);
    const made = Array.from({ length: to - from }, (_, at) => from + at);
    const edited = this.edited().map(([index]) => index);
    return [...made.filter((one) => one < count), ...edited].filter((index) => {
      const row = this.row(index);
      return row !== undefined && valueAt(row, path) === leadId;
    });
  }

  /** Oldest first: in the order in which the rows came in. */
  *indexes(): Generator<number> {
    for (let index = 0; index < this.#next; index += 1) {
      if (!this.#edited.has(index) || this.#edited.get(index) !== undefined) yield index;
    }
  }

  /** The index of some row, or undefined where the set is all but empty. */
  pick(draws: Draws): number | undefined {
    for (let tries = 0; tries < 100; tries += 1) {
      const index = draws.below(this.#next);
      if (this.row(index) !== undefined) return index;
    }
    return undefined;
  }

  /** A row of the set's own making, with members put over it. */
  add(over: (made: Row) => Row): Row {
    const row = over(this.definition.row(this.#next));
    this.#edited.set(this.#next, row);
    this.#next += 1;
    this.#size += 1;
    this.version += 1;
    return row;
  }

  put(index: number, row: Row): void {
    if (this.row(index) === undefined) throw new Error(`${this.definition.name} has no such row`);
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

/** One set of the account: how its rows are made, and what is known of them. */
export interface Definition {
  readonly name: string;
  /** The name of the entity's type in `$metadata`. */
  readonly entity: string;
  readonly properties: Properties;
  /** Rows that the account begins with: indexes 0 to count - 1. Rows added later have higher ones. */
  readonly count: number;
  row(index: number): Row;
  /** The paths that tell one row from all others. */
  readonly key: readonly string[];
  readonly orderings: readonly Ordering[];
  /** Members that hold the moment when a row is added, or changed. */
  readonly addedAt: readonly string[];
  readonly changedAt?: readonly string[];
  /** How the set writes such a moment. */
  stamp(moment: Moment): string;
  /** The lead that a row hangs on. */
  readonly owner?: { readonly path: string; rowsOf(lead: number): Range };
  /** Members that `$select` refuses. */
  readonly unselectable?: readonly string[];
}
