import { tables } from '@exact-spotter/schema';
import { log } from '@exact-spotter/singer';
import type { WireRow } from './row.ts';
import { sets, type SetLiteral } from './streams.ts';

/**
 * Names, once for each, the members of a set's rows that this version does not know: the API grows,
 * and who reads the copy should hear of it.
 */
export function unknownFieldsReporter(set: SetLiteral): (rows: readonly WireRow[]) => void {
  const known = knownMembers(set);
  return (rows) => {
    for (const member of unknownMembers(rows, known)) {
      known.add(member);
      log.warning(
        `${set.path} has a field "${member}" that this version does not know: it is left out.`,
      );
    }
  };
}

/**
 * The rows' own members that are not known. What stands inside a person or a product is the
 * business of another set.
 */
export function unknownMembers(
  rows: readonly WireRow[],
  known: ReadonlySet<string>,
): ReadonlySet<string> {
  const unknown = new Set<string>();
  for (const row of rows) {
    for (const member of Object.keys(row)) {
      if (!known.has(member) && !member.startsWith('@')) unknown.add(member);
    }
  }
  return unknown;
}

/** What the rows of a set are known to bear: its own, and what a narrower set's rows bear too. */
export function knownMembers(set: SetLiteral): Set<string> {
  const narrower = sets.filter(({ within }) => within === set.path);
  return new Set([set, ...narrower].flatMap(ownMembers));
}

function ownMembers({ stream, columns, children = [], unused = [] }: SetLiteral): string[] {
  const own = Object.keys(tables[stream].properties)
    .flatMap((column) => columns[column] ?? column)
    .map((source) => source.split('.')[0] ?? source);
  return [...own, ...children.map(({ array }) => array), ...unused];
}
