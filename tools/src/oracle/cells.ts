/** What a cell of the database must hold: as node:sqlite gives it. */
export type Cell = string | number | null;

type Wire = Readonly<Record<string, unknown>>;

/** The member at a dotted path; null where anything on the way is missing or null. */
export function at(row: Wire, path: string): unknown {
  let value: unknown = row;
  for (const name of path.split('.')) value = (value as Wire | null | undefined)?.[name] ?? null;
  return value;
}

export function text(value: unknown): Cell {
  if (value === null || typeof value === 'string') return value;
  return JSON.stringify(value);
}

/** A decimal may come as a text. */
export function number(value: unknown): Cell {
  return value === null ? null : Number(value);
}

/** A flag may come as a number, or as a word. */
export function flag(value: unknown): Cell {
  if (value === null) return null;
  return value === true || value === 1 || value === 'true' ? 1 : 0;
}

/** Audit dates bear their zone; one without is taken as São Paulo's wall clock. Leaves as UTC. */
export function instant(value: unknown): Cell {
  if (value === null) return null;
  const written = value as string;
  return /(?:Z|[+-]\d\d:\d\d)$/.test(written) ? toUtc(written) : wallClock(written);
}

/** The agenda's wall clock in São Paulo, three hours behind UTC since 2019, whatever suffix it bears. */
export function wallClock(value: unknown): Cell {
  return value === null ? null : toUtc(`${(value as string).replace(/Z$/, '')}-03:00`);
}

/** The instant in UTC, with the fraction digits that it came with. */
function toUtc(written: string): string {
  const [, whole = '', fraction = '', zone = ''] =
    /^(.{19})(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(written) ?? [];
  return `${new Date(`${whole}${zone}`).toISOString().slice(0, 19)}${fraction}Z`;
}

/** A list of texts, or of objects with one telling member, joined as a person would read it. */
export function list(value: unknown): Cell {
  if (value === null) return null;
  return (value as readonly unknown[]).map(element).join(', ');
}

function element(value: unknown): string {
  if (typeof value !== 'object' || value === null) return text(value)?.toString() ?? '';
  const known = ['value', 'name', 'number', 'text', 'phone'].find((name) => name in value);
  return element(at(value as Wire, known ?? ''));
}

const INSTANT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?Z?$/;

/**
 * What a database that has flags and instants shows of a cell: a flag as a number here, an instant
 * to the microsecond, which is as far as their TIMESTAMP goes.
 */
export function warehouseCell(cell: unknown): unknown {
  if (typeof cell === 'boolean') return Number(cell);
  const [, day, time, fraction = ''] = INSTANT.exec(typeof cell === 'string' ? cell : '') ?? [];
  return day === undefined ? cell : `${day}T${time}.${fraction.padEnd(6, '0').slice(0, 6)}`;
}
