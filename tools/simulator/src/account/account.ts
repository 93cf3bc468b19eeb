import type { Moment } from '../seed/instant.ts';
import { Draws, hash } from '../seed/random.ts';
import type { World } from '../seed/world.ts';
import type { Row, View } from './row.ts';
import type { Store } from './store.ts';

interface AccountParts {
  readonly world: World;
  readonly sets: ReadonlyMap<string, AccountSet>;
  readonly pickEdit: PickEdit;
  readonly now: number | undefined;
}

/** A set and its rows. Two sets may show the same rows. */
export interface AccountSet {
  readonly view: View;
  readonly store: Store;
}

/** Something that happens to an account. */
export type Edit = (account: Account, draws: Draws) => void;

type PickEdit = (draws: Draws, reach: Reach) => Edit;

export interface LiveOptions {
  readonly seed: number;
  readonly edits: number;
  /** `daily` unless told. */
  readonly reach?: Reach;
}

/**
 * `daily`: only what a reader can notice that asks each day for what changed: nothing disappears
 * from, or changes silently in, a set that is read by date. `whole`: anything may happen.
 */
export type Reach = 'daily' | 'whole';

/** Which rows: those whose key is, or begins with, this id; or those of which it answers true. */
export type Which = number | ((row: Row) => boolean);

/** What goes over the members of a row, given or made from the row. */
type Members = Row | ((row: Row) => Row);

/**
 * A made-up company: seventeen sets whose rows follow from a seed. A set of a million rows takes no
 * memory until rows are changed. Rows are given as they go over the wire.
 */
export class Account {
  readonly world: World;
  readonly #sets: ReadonlyMap<string, AccountSet>;
  readonly #pickEdit: PickEdit;
  #clock: number | undefined;
  #last: number;
  #moments = 0;

  /** @param now the clock's time; without it the account lives by the machine's clock */
  constructor({ world, sets, pickEdit, now }: AccountParts) {
    this.world = world;
    this.#sets = sets;
    this.#pickEdit = pickEdit;
    this.#clock = now;
    this.#last = world.now;
  }

  /** Milliseconds since 1970. It runs until it is set; then it stands still until it is set again. */
  get clock(): number {
    return this.#clock ?? Date.now();
  }

  set clock(ms: number) {
    this.#clock = ms;
  }

  /** The sets, by their names as the specification spells them. */
  get sets(): ReadonlyMap<string, AccountSet> {
    return this.#sets;
  }

  /** @throws Error for a name that is no set, whatever its letter case */
  set(name: string): AccountSet {
    const found = this.#sets.get(name) ?? this.find(name);
    if (!found) throw new Error(`The account has no set ${name}.`);
    return found;
  }

  /** The set of a path, in any letter case. */
  find(path: string): AccountSet | undefined {
    const wanted = path.toLowerCase();
    return [...this.#sets.values()].find(({ view }) => view.name.toLowerCase() === wanted);
  }

  /** All rows of a set now, oldest first, as they go over the wire. */
  rows(name: string): readonly Row[] {
    return [...this.each(name)];
  }

  *each(name: string): Generator<Row> {
    const { view, store } = this.set(name);
    for (const index of store.indexes()) {
      const row = store.row(index);
      if (row) yield view.show(row);
    }
  }

  /** How many rows a set has now. */
  count(name: string): number {
    return this.set(name).store.size;
  }

  /** A row as the set makes them, dated now, with the given members over it. */
  add(name: string, members: Row = {}): Row {
    const { store } = this.set(name);
    const stamps = this.#stamps(store, store.definition.addedAt);
    return store.add((made) => ({ ...made, ...stamps, ...members }));
  }

  /**
   * Puts members over the rows, and dates the change where the set does so. Every change is later
   * than all that was before.
   * @returns how many rows
   */
  change(name: string, which: Which, members: Members): number {
    const indexes = this.#indexes(this.set(name).store, which);
    for (const index of indexes) this.changeAt(name, index, members);
    return indexes.length;
  }

  /** The same for the row of an index. */
  changeAt(name: string, index: number, members: Members): void {
    const { store } = this.set(name);
    const row = store.row(index) ?? {};
    const stamps = this.#stamps(store, store.definition.changedAt ?? []);
    const over = members instanceof Function ? members(row) : members;
    store.put(index, { ...row, ...stamps, ...over });
  }

  /** Removes the rows without a trace; with a lead goes what hangs on it. @returns how many rows */
  remove(name: string, which: Which): number {
    const indexes = this.#indexes(this.set(name).store, which);
    for (const index of indexes) this.removeAt(name, index);
    return indexes.length;
  }

  /** The same for the row of an index. */
  removeAt(name: string, index: number): void {
    const { store } = this.set(name);
    const id = store.row(index)?.['id'];
    store.remove(index);
    if (store === this.set('Leads').store && typeof id === 'number') this.#removeOf(index, id);
  }

  /** Adds, changes and removes rows as a company would, the same for the same seed. */
  live({ seed, edits, reach = 'daily' }: LiveOptions): void {
    const draws = new Draws(hash(seed, 13, edits));
    for (let done = 0; done < edits; done += 1) this.#pickEdit(draws, reach)(this, draws);
  }

  /** A moment that is now, and later than every one before. */
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

  #indexes(store: Store, which: Which): number[] {
    const [key = ''] = store.definition.key;
    const test = which instanceof Function ? which : (row: Row): boolean => row[key] === which;
    const candidates = which instanceof Function ? store.indexes() : store.candidates(key, which);
    return [...candidates].filter((index) => {
      const row = store.row(index);
      return row !== undefined && test(row);
    });
  }

  #removeOf(leadIndex: number, leadId: number): void {
    for (const { store } of new Set(this.#sets.values())) {
      for (const index of store.ofLead(leadIndex, leadId)) store.remove(index);
    }
  }
}
