/**
 * Names are kept if SQLite allows them. Otherwise (a clash in letter case, a reserved prefix, an
 * empty name, NUL) the first keeps the plain form, and the others get `_2`, `_3` in order of
 * appearance.
 */

/** The form in which SQLite compares names: only A to Z are case-insensitive. */
export function foldCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** A set of names, ignoring letter case. */
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

  /** Adds and returns the plain form, or the first of `_2`, `_3`, … that is free. */
  claim(plain: string): string {
    let name = plain;
    for (let count = 2; this.has(name); count += 1) name = `${plain}_${count}`;
    this.add(name);
    return name;
  }
}

/** A name as it is noted: SQLite cannot store unpaired surrogates, but two names may differ in them. */
export function notedName(name: string): string {
  return name.isWellFormed() ? name : JSON.stringify(name);
}

export function plainColumnName(property: string): string {
  // NUL ends an identifier, and an unpaired surrogate is not valid UTF-8.
  const name = property.replaceAll('\0', '_').toWellFormed();
  return name === '' ? '_' : name;
}

/** Avoids the prefixes of SQLite's own tables and of the bookkeeping tables. */
export function plainTableName(prefix: string, stream: string): string {
  const name = plainColumnName(prefix + stream);
  return /^(?:sqlite_|_singer_)/i.test(name) ? `_${name}` : name;
}
