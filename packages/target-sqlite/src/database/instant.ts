import type { Db } from './sqlite.ts';

/**
 * Gives SQL the function `singer_instant`: a text that sorts as the instant does, to the last
 * digit, whatever zone and precision it was written with. Numbers stay as they are; what is no
 * instant is null, and so lies in no range.
 */
export function registerInstant(db: Db): void {
  db.function('singer_instant', { deterministic: true }, (value: unknown) =>
    typeof value === 'string' ? sortable(value) : value,
  );
}

const INSTANT = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?)?$/i;

function sortable(text: string): string | null {
  const [, date, time = '00:00:00', fraction = '', zone = 'Z'] = INSTANT.exec(text) ?? [];
  const milliseconds = date === undefined ? NaN : Date.parse(`${date}T${time}${zone}`);
  if (Number.isNaN(milliseconds)) return null;
  return `${new Date(milliseconds).toISOString().slice(0, 19)}.${fraction.replace(/0+$/, '')}`;
}
