/** An expected value, in the form that node:sqlite returns. */
export type Cell = string | number | null;

type Wire = Readonly<Record<string, unknown>>;

/** Returns the member at a dotted path, or null if any part of the path is missing or null. */
export function at(row: Wire, path: string): unknown {
  let value: unknown = row;
  for (const name of path.split('.')) value = (value as Wire | null | undefined)?.[name] ?? null;
  return value;
}

export function text(value: unknown): Cell {
  if (value === null || typeof value === 'string') return value;
  return JSON.stringify(value);
}

/** Converts a number. The API may send a decimal as a string. */
export function number(value: unknown): Cell {
  return value === null ? null : Number(value);
}

/** Converts a flag to 1 or 0. The API may send a flag as a number or a string. */
export function flag(value: unknown): Cell {
  if (value === null) return null;
  return value === true || value === 1 || value === 'true' ? 1 : 0;
}

/**
 * True if the date is missing. .NET writes a missing date as the first day of year 1, in any zone and
 * with any fraction.
 */
function isMissing(value: unknown): boolean {
  return value === null || (typeof value === 'string' && value.startsWith('0001-01-01'));
}

/** Converts a date to UTC, or to null if it is missing. A date without a zone is São Paulo time. */
export function instant(value: unknown): Cell {
  return isMissing(value) ? null : keyInstant(value);
}

/** Converts a date in a key to UTC, even if it is in year 1, because a key needs a value. */
export function keyInstant(value: unknown): Cell {
  if (value === null) return null;
  const written = value as string;
  return /(?:Z|[+-]\d\d:\d\d)$/.test(written) ? toUtc(written) : wallClock(written);
}

/**
 * Converts a meeting or box date to UTC. Despite its Z suffix, it is São Paulo wall-clock time, which
 * has been UTC-3 since 2019.
 */
export function wallClock(value: unknown): Cell {
  return isMissing(value) ? null : toUtc(`${(value as string).replace(/Z$/, '')}-03:00`);
}

/** Marks a date that a user picked as UTC without converting it, regardless of its zone. */
export function chosenDay(value: unknown): Cell {
  return isMissing(value) ? null : keyChosenDay(value);
}

/** Marks a picked date in a key as UTC, even if it is in year 1. */
export function keyChosenDay(value: unknown): Cell {
  return value === null ? null : `${(value as string).replace(/(?:Z|[+-]\d\d:\d\d)$/, '')}Z`;
}

/** Returns the day of a date, without the time. */
export function day(value: unknown): Cell {
  return isMissing(value) ? null : (value as string).slice(0, 10);
}

/** Converts a date with a zone to UTC and keeps all fraction digits. */
function toUtc(written: string): string {
  const [, whole = '', fraction = '', zone = ''] =
    /^(.{19})(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(written) ?? [];
  return `${new Date(`${whole}${zone}`).toISOString().slice(0, 19)}${fraction}Z`;
}

/** Joins the strings in a list, or one known member of each object in it. */
export function list(value: unknown): Cell {
  if (value === null) return null;
  return (value as readonly unknown[]).map(element).join(', ');
}

/**
 * Returns a custom field's value, which is the list of its nonempty options. If it has none, returns
 * `value`, or null if `value` is empty.
 */
export function fieldValue(options: unknown, value: unknown): Cell {
  const chosen = ((options ?? []) as readonly unknown[]).filter(
    (option) => option !== null && element(option) !== '',
  );
  if (chosen.length > 0) return list(chosen);
  return value === '' ? null : text(value);
}

function element(value: unknown): string {
  if (typeof value !== 'object' || value === null) return text(value)?.toString() ?? '';
  const known = ['value', 'name', 'number', 'text', 'phone'].find((name) => name in value);
  return element(at(value as Wire, known ?? ''));
}

const INSTANT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?Z?$/;

/**
 * Makes cells comparable with those of BOOLEAN and TIMESTAMP columns. Converts a flag to a number, and
 * an instant to microseconds, the precision of TIMESTAMP.
 */
export function warehouseCell(cell: unknown): unknown {
  if (typeof cell === 'boolean') return Number(cell);
  const [, day, time, fraction = ''] = INSTANT.exec(typeof cell === 'string' ? cell : '') ?? [];
  return day === undefined ? cell : `${day}T${time}.${fraction.padEnd(6, '0').slice(0, 6)}`;
}
