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
