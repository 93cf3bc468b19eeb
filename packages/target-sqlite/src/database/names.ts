/**
 * Names stay as they came wherever SQLite can hold them. Where it cannot (a clash in its letter
 * case, a reserved beginning, an empty name, NUL), the first keeps the plain form and the others
 * get `_2`, `_3` in order of appearance.
 */

/** The form in which SQLite compares names: only the letters A to Z lose their case. */
export function foldCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The names that are taken, in any letter case. */
export class NameSet {
  readonly #taken = new Set<string>();

  constructor(names: Iterable<string> = []) {
    for (const name of names) this.add(name);
  }

  add(name: string): void {
    this.#taken.add(foldCase(name));
  }

  has(name: string): boolean {
    return this.#taken.has(foldCase(name));
  }

  /** Takes the plain form, or the first of `_2`, `_3`, … that is free. */
  claim(plain: string): string {
    let name = plain;
    for (let count = 2; this.has(name); count += 1) name = `${plain}_${count}`;
    this.add(name);
    return name;
  }
}

/** How a name is noted: texts of SQLite hold no half surrogate pair, which two names may differ in. */
export function notedName(name: string): string {
  return name.isWellFormed() ? name : JSON.stringify(name);
}

export function plainColumnName(property: string): string {
  // A NUL ends an identifier, and half a surrogate pair is no valid UTF-8.
  const name = property.replaceAll('\0', '_').toWellFormed();
  return name === '' ? '_' : name;
}

/** Tables may not begin with SQLite's own prefix, nor with that of our bookkeeping. */
export function plainTableName(prefix: string, stream: string): string {
  const name = plainColumnName(prefix + stream);
  return /^(?:sqlite_|_singer_)/i.test(name) ? `_${name}` : name;
}
