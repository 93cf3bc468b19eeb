import { join } from 'node:path';
import { isCi } from '../src/ci.ts';
import { compareRows } from '../src/oracle/compare.ts';
import { expectations } from '../src/oracle/expected-tables.ts';
import { ended, start, startProgram, type Ended } from '@exact-spotter/testing';
import type { Pair } from './pair.ts';
import { pythonTools } from '../src/python.ts';

type Account = Parameters<typeof compareRows>[1];
type Rows = Parameters<typeof compareRows>[2];
type Skip = (reason: string) => never;

/**
 * Returns the folder of the programs. If the programs cannot be installed, skips the test, or fails it
 * in CI.
 */
export async function peerTools(name: string, skip: Skip): Promise<string> {
  const found = await pythonTools(name);
  return 'bin' in found ? found.bin : missing(name, found.missing, skip);
}

/** Skips a test whose requirements are missing on this machine. In CI, the test fails instead. */
export function missing(name: string, reason: string, skip: Skip): never {
  if (isCi) throw new Error(`CI must run ${name}: ${reason}`);
  return skip(reason);
}

/**
 * Runs the tap with a target by another author.
 * @param state the state that the tap continues from
 */
export async function feed(
  pair: Pair,
  [target = '', ...args]: readonly string[],
  state: object = {},
): Promise<{ readonly tap: Ended; readonly target: Ended }> {
  const tap = startProgram('tap-exactsales', [
    ...['--config', join(pair.folder, 'tap.json')],
    ...['--state', pair.write('state.json', state)],
  ]);
  const peer = start(target, args);
  tap.stdout.pipe(peer.stdin);
  const [tapEnded, peerEnded] = await Promise.all([ended(tap), ended(peer)]);
  return { tap: tapEnded, target: peerEnded };
}

/** Returns the last state that a target printed. */
export function lastState({ stdout }: Ended): object {
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as object;
}

/** Returns some missing rows and some extra rows of each table in a copy. */
export function compareTables(
  account: Account,
  rowsOf: (table: string) => Rows,
  seen: (cell: unknown) => unknown,
): { readonly lacks: readonly string[]; readonly has: readonly string[] } {
  const tables = Object.keys(expectations).map((table) => {
    const { lacks, has } = compareRows(table, account, rowsOf(table), seen);
    const some = (rows: readonly string[]): string[] =>
      rows.slice(0, 3).map((row) => `${table} ${row}`);
    return { lacks: some(lacks), has: some(has) };
  });
  return {
    lacks: tables.flatMap(({ lacks }) => lacks),
    has: tables.flatMap(({ has }) => has),
  };
}
