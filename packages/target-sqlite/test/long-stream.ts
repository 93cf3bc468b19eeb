import { integer, lines, record, schema, state, type TestTarget } from './target.ts';

/**
 * This input can be resumed from any state. It contains rows with and without a key, and a STATE
 * after every few rows. Some rows with a key are sent again later with changes.
 */
const KEYS = 400;
const ROWS_PER_STATE = 7;

const declared = [
  schema('keyed', { id: integer, at: integer, text: { type: 'string' } }, ['id']),
  schema('keyless', { at: integer }),
];

/** @param from the last row that is already stored; 0 if there is none */
export function longStream(from: number, to: number): string {
  const messages: object[] = [...declared];
  for (let at = from + 1; at <= to; at += 1) {
    messages.push(
      at % 3 === 0
        ? record('keyless', { at })
        : record('keyed', { id: (at * 17) % KEYS, at, text: `row ${at} `.repeat(20) }),
    );
    if (at % ROWS_PER_STATE === 0 || at === to) messages.push(state({ at }));
  }
  return lines(...messages);
}

/** Returns the last row that the stored state covers; 0 if there is none. */
export function storedAt(target: TestTarget): number {
  if (!target.exists) return 0;
  const [table] = target.query(`SELECT 1 FROM sqlite_schema WHERE name = '_singer_state'`);
  const [row] = table ? target.query('SELECT value FROM _singer_state') : [];
  return row ? (JSON.parse(String(row['value'])) as { at: number }).at : 0;
}

/** Returns the last row that the last printed state covers; 0 if there is none. */
function printedAt(stdout: string): number {
  const whole = stdout.slice(0, stdout.lastIndexOf('\n') + 1).trim();
  const last = whole.split('\n').at(-1) ?? '';
  return last === '' ? 0 : (JSON.parse(last) as { at: number }).at;
}

/**
 * Returns the first problem in a database after a run, even if the run was killed; undefined if
 * there is no problem.
 */
export function problemOf(target: TestTarget, stdout: string): string | undefined {
  if (!target.exists)
    return printedAt(stdout) === 0 ? undefined : 'printed a state, but has no database';
  target.recover();
  const integrity = target.query('PRAGMA integrity_check')[0]?.['integrity_check'];
  if (integrity !== 'ok') return `integrity: ${String(integrity)}`;
  const at = storedAt(target);
  if (at < printedAt(stdout)) return `printed ${printedAt(stdout)} but stored ${at}`;
  if (at === 0) return undefined;
  const wanted = expectedRows(at);
  const keyless = target
    .query('SELECT at FROM keyless ORDER BY at')
    .map((row) => Number(row['at']));
  if (keyless.join() !== wanted.keyless.join())
    return `the rows without a key are not exactly the rows up to ${at}`;
  const keyed = new Map(
    target.query('SELECT id, at FROM keyed').map((row) => [row['id'], Number(row['at'])]),
  );
  // Rows with a key may be newer than the state, since they will be sent again, but they must not
  // be older.
  const behind = [...wanted.keyed].some(([id, last]) => (keyed.get(id) ?? 0) < last);
  return behind ? `some rows with a key are older than ${at}` : undefined;
}

/** Returns the expected tables after all rows up to `to` were loaded. */
function expectedRows(to: number): { keyed: Map<number, number>; keyless: number[] } {
  const keyed = new Map<number, number>();
  const keyless: number[] = [];
  for (let at = 1; at <= to; at += 1) {
    if (at % 3 === 0) keyless.push(at);
    else keyed.set((at * 17) % KEYS, at);
  }
  return { keyed, keyless };
}

/** True if the tables contain every row up to `to` exactly once. */
export function isWhole(target: TestTarget, to: number): boolean {
  const wanted = expectedRows(to);
  const keyed = target.query('SELECT id, at FROM keyed').map((row) => [row['id'], row['at']]);
  const keyless = target.query('SELECT at FROM keyless ORDER BY at').map((row) => row['at']);
  return (
    JSON.stringify(keyless) === JSON.stringify(wanted.keyless) &&
    JSON.stringify(keyed.sort(byId)) === JSON.stringify([...wanted.keyed].sort(byId))
  );
}

function byId(one: readonly unknown[], other: readonly unknown[]): number {
  return Number(one[0]) - Number(other[0]);
}
