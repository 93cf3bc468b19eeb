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

/** A row in the API's format. */
export type Wire = Readonly<Record<string, unknown>>;

/** Returns a column's value for a row. */
export type Read = (row: Wire) => Cell;

/** Describes how to compute a table from a set. */
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

/** Reads a number. */
export const i = reader(number);
/** Reads a number, or null if it is 0. */
export const z = reader((value) => (value === 0 ? null : number(value)));
/** Reads text. */
export const t = reader(text);
/** Reads a flag. */
export const f = reader(flag);
/** Reads an instant. */
export const d = reader(instant);
/** Reads an instant in a key. */
export const dk = reader(keyInstant);
/** Reads a wall-clock time. */
export const w = reader(wallClock);
/** Reads a date that a user picked. */
export const c = reader(chosenDay);
/** Reads a date that a user picked, in a key. */
export const ck = reader(keyChosenDay);
/** Reads a day without a time. */
export const y = reader(day);
/** Reads a list as text. */
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
