import {
  at,
  chosenDay,
  day,
  flag,
  instant,
  keyChosenDay,
  keyInstant,
  list,
  number,
  text,
  wallClock,
  type Cell,
} from './cells.ts';

/** A row as the API sends it. */
export type Wire = Readonly<Record<string, unknown>>;

/** Returns a column's value for a row. */
export type Read = (row: Wire) => Cell;

/** How a table follows from a set. */
export interface Expectation {
  readonly set: string;
  readonly columns: Readonly<Record<string, Read>>;
  /** For a child table, the name of the array. */
  readonly array?: string;
  /** For a child table, the columns whose values come from the parent row. */
  readonly fromParent?: Readonly<Record<string, Read>>;
  readonly positioned?: true;
}

const reader =
  (convert: (value: unknown) => Cell) =>
  (path: string): Read =>
  (row) =>
    convert(at(row, path));

/** Number. */
export const i = reader(number);
/** Number in which 0 means that there is none. */
export const z = reader((value) => (value === 0 ? null : number(value)));
/** Text. */
export const t = reader(text);
/** Flag. */
export const f = reader(flag);
/** Instant. */
export const d = reader(instant);
/** Instant in a key. */
export const dk = reader(keyInstant);
/** Wall clock. */
export const w = reader(wallClock);
/** Chosen day. */
export const c = reader(chosenDay);
/** Chosen day in a key. */
export const ck = reader(keyChosenDay);
/** Day without a time. */
export const y = reader(day);
/** List. */
export const l = reader(list);

/** The columns of a user. */
export const user = {
  id: i('id'),
  active: f('active'),
  email: t('email'),
  grouplist: l('groupList'),
  lastname: t('lastName'),
  name: t('name'),
  phone: t('phone'),
  phone2: t('phone2'),
};
