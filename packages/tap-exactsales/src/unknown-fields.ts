import { tables } from '@exact-spotter/schema';
import { log } from '@exact-spotter/singer';
import type { WireRow } from './row.ts';
import type { SetLiteral } from './streams.ts';

/**
 * Names, once for each, the members of a set's rows that this version does not know: the API grows,
 * and who reads the copy should hear of it. Only the rows' own members: what stands inside a person
 * or a product is the business of another set.
 */
export function unknownFieldsReporter(
  fed: readonly SetLiteral[],
): (rows: readonly WireRow[]) => void {
  const known = new Set(fed.flatMap(knownMembers));
  const path = fed[0]?.path ?? '';
  return (rows) => {
    for (const row of rows) {
      for (const member of Object.keys(row)) {
        if (known.has(member) || member.startsWith('@')) continue;
        known.add(member);
        log.warning(
          `${path} has a field "${member}" that this version does not know: it is left out.`,
        );
      }
    }
  };
}

function knownMembers({ stream, columns, children = [], unused = [] }: SetLiteral): string[] {
  const own = Object.keys(tables[stream].properties)
    .flatMap((column) => columns[column] ?? column)
    .map((source) => source.split('.')[0] ?? source);
  return [...own, ...children.map(({ array }) => array), ...unused];
}
