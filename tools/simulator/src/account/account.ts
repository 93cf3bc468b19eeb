import type { Moment } from '../seed/moment.ts';
import { hash, Random } from '../seed/random.ts';
import type { World } from '../seed/world.ts';
import type { Row, View } from './row.ts';
import type { Store } from './store.ts';

/** A set and its rows. Two sets may show the same rows. */
export interface AccountSet {
  readonly view: View;
  readonly store: Store;
}

interface AccountParts {
  readonly world: World;
  readonly sets: ReadonlyMap<string, AccountSet>;
  /** Chooses the next edit of `live`. */
  readonly pickEdit: (random: Random, scope: EditScope) => Edit;
  /** The account's time, in milliseconds since 1970; undefined to use the machine's clock. */
  readonly now: number | undefined;
}

/** Makes one change to an account. */
export type Edit = (account: Account, random: Random) => void;

/**
 * The edits that may be made. `daily` allows only edits that a client can detect if it asks for
 * changes every day: in sets that are read by change date, rows are not removed, and every change
 * updates the date. `whole` allows all edits.
 */
export type EditScope = 'daily' | 'whole';

interface LiveOptions {
  readonly seed: number;
  /** The number of edits to make. */
  readonly edits: number;
  /** Default: `daily`. */
  readonly scope?: EditScope;
}

/** Selects rows by the first column of their key or by a predicate. */
type Selector = number | ((row: Row) => boolean);

/** The members to set, or a function that computes them from the row. */
type Changes = Row | ((row: Row) => Row);

/**
 * A fictional company with 27 sets. Rows are generated from a seed, so only edited rows take
 * memory. Rows are returned exactly as the API sends them.
 */
export class Account {
  readonly world: World;
  readonly #sets: ReadonlyMap<string, AccountSet>;
  readonly #pickEdit: AccountParts['pickEdit'];
  #clock: number | undefined;
  #last: number;
  #moments = 0;

  constructor({ world, sets, pickEdit, now }: AccountParts) {
    this.world = world;
    this.#sets = sets;
    this.#pickEdit = pickEdit;
    this.#clock = now;
    this.#last = world.now;
  }

  /**
   * The account's time, in milliseconds since 1970. The clock runs until you set it, and then
   * stops.
   */
  get clock(): number {
    return this.#clock ?? Date.now();
  }

  set clock(ms: number) {
    this.#clock = ms;
  }

  /** The sets by name. Names are spelled as in the specification. */
  get sets(): ReadonlyMap<string, AccountSet> {
    return this.#sets;
  }

  /**
   * Returns the set with this name, ignoring case.
   * @throws Error if there is no such set
   */
  set(name: string): AccountSet {
    const found = this.#sets.get(name) ?? this.find(name);
    if (!found) throw new Error(`The account has no set ${name}.`);
    return found;
  }

  /** Returns the set with this name, ignoring case; undefined if there is none. */
  find(name: string): AccountSet | undefined {
    const wanted = name.toLowerCase();
    return [...this.#sets.values()].find(({ view }) => view.name.toLowerCase() === wanted);
  }

  /** Returns the current rows of a set, oldest first. */
  rows(name: string): readonly Row[] {
    const { view, store } = this.set(name);
    return Array.from(store.indexes(), (index) => view.show(store.row(index) ?? {}));
  }

  /** Returns the current number of rows of a set. */
  count(name: string): number {
    return this.set(name).store.size;
  }

  /** Adds a generated row with the current date; `members` override the generated members. */
  add(name: string, members: Row = {}): Row {
    const { store } = this.set(name);
    const stamps = this.#stamps(store, store.definition.addedAt);
    return store.add((generated) => ({ ...generated, ...stamps, ...members }));
  }

  /**
   * Changes rows, and updates their change date if the set has one. Each change date is later than
   * the dates of all earlier edits.
   * @returns the number of changed rows
   */
  change(name: string, selector: Selector, changes: Changes): number {
    const indexes = this.#select(this.set(name).store, selector);
    for (const index of indexes) this.changeAt(name, index, changes);
    return indexes.length;
  }

  /** Changes the row at an index, as `change` does. */
  changeAt(name: string, index: number, changes: Changes): void {
    const { store } = this.set(name);
    const row = store.row(index) ?? {};
    const stamps = this.#stamps(store, store.definition.changedAt ?? []);
    const members = changes instanceof Function ? changes(row) : changes;
    store.put(index, { ...row, ...stamps, ...members });
  }

  /**
   * Removes rows completely. If a lead is removed, its rows in other sets are removed as well.
   * @returns the number of selected rows
   */
  remove(name: string, selector: Selector): number {
    const indexes = this.#select(this.set(name).store, selector);
    for (const index of indexes) this.removeAt(name, index);
    return indexes.length;
  }

  /** Removes the row at an index, as `remove` does. */
  removeAt(name: string, index: number): void {
    const { store } = this.set(name);
    const id = store.row(index)?.['id'];
    store.remove(index);
    if (store === this.set('Leads').store && typeof id === 'number') this.#removeRowsOf(index, id);
  }

  /** Adds, changes and removes rows as a company would. The same seed yields the same edits. */
  live({ seed, edits, scope = 'daily' }: LiveOptions): void {
    const random = new Random(hash(seed, 13, edits));
    for (let done = 0; done < edits; done += 1) this.#pickEdit(random, scope)(this, random);
  }

  /** Returns the current time, or 1 ms after the last returned moment if that is later. */
  moment(): Moment {
    this.#last = Math.max(this.clock, this.#last + 1);
    this.#moments += 1;
    const digits = String(this.#last % 1000).padStart(3, '0');
    const ticks = String(hash(this.world.seed, 77, this.#moments) % 10_000).padStart(4, '0');
    return { ms: this.#last, fraction: `${digits}${ticks}`.replace(/0+$/, '') };
  }

  #stamps({ definition }: Store, names: readonly string[]): Row {
    if (names.length === 0) return {};
    const now = definition.stamp(this.moment());
    return Object.fromEntries(names.map((name) => [name, now]));
  }

  #select(store: Store, selector: Selector): number[] {
    const [key = ''] = store.definition.key;
    const isTest = selector instanceof Function;
    const matches = isTest ? selector : (row: Row): boolean => row[key] === selector;
    const candidates = isTest ? store.indexes() : store.candidates(key, selector);
    return [...candidates].filter((index) => {
      const row = store.row(index);
      return row !== undefined && matches(row);
    });
  }

  #removeRowsOf(leadIndex: number, leadId: number): void {
    for (const { store } of new Set(this.#sets.values())) {
      for (const index of store.rowsOfLead(leadIndex, leadId)) store.remove(index);
    }
  }
}
