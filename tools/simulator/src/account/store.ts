import type { Definition } from './definition.ts';
import type { Row } from './properties.ts';
import type { Draws } from './random.ts';

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
