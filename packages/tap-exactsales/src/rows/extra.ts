import { isObject, type JsonValue } from '@exact-spotter/singer';
import type { ApiRow } from '../api/odata.ts';
import { valueAt, type UsedMembers } from './api-members.ts';

/** A tree of the members that columns hold. A node without members is held as a whole. */
interface Held {
  isHeld: boolean;
  readonly members: Map<string, Held>;
}

/** @param misfits the columns that are null because their value in the object did not fit */
export type ExtraReader = (row: ApiRow, misfits: ReadonlySet<string>) => string | null;

/**
 * Creates a function that returns the data of an object that no column holds, as JSON with all
 * digits, or null if there is no such data. A column with several sources holds only the source
 * that its value comes from.
 */
export function extraReader({ sources, arrays }: UsedMembers): ExtraReader {
  const fixed = sources.filter(({ paths }) => paths.length === 1);
  const varying = sources.filter(({ paths }) => paths.length > 1);
  const known = new Map<string, Held>();
  return (row, misfits) => {
    const held = [
      ...varying.flatMap(({ column, paths }) => heldPaths(row, paths, misfits.has(column))),
      ...arrays.filter((array) => isChildArray(row[array])).map((array) => [array]),
    ];
    const name = JSON.stringify([held, ...misfits]);
    const fitting = fixed.filter(({ column }) => !misfits.has(column));
    const tree = known.get(name) ?? treeOf([...fitting.flatMap(({ paths }) => paths), ...held]);
    known.set(name, tree);
    const rest = notHeld(row, tree);
    return rest === undefined ? null : JSON.stringify(rest);
  };
}

/**
 * Returns the paths without a value and, unless its value does not fit, the first path with a
 * value.
 */
function heldPaths(
  row: ApiRow,
  paths: readonly (readonly string[])[],
  isMisfit: boolean,
): (readonly string[])[] {
  const used = isMisfit ? undefined : paths.find((path) => !isEmpty(valueAt(row, path)));
  return paths.filter((path) => path === used || isEmpty(valueAt(row, path)));
}

function isEmpty(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) return value.every(isEmpty);
  return value === undefined || value === null || value === '';
}

/** True if the value is null or an array of objects, each of which becomes a row. */
function isChildArray(value: JsonValue | undefined): boolean {
  return (
    value === null || (Array.isArray(value) && value.every((item: JsonValue) => isObject(item)))
  );
}

function treeOf(paths: readonly (readonly string[])[]): Held {
  const root: Held = { isHeld: false, members: new Map() };
  for (const path of paths) {
    let node = root;
    for (const name of path) {
      const next: Held = node.members.get(name) ?? { isHeld: false, members: new Map() };
      node.members.set(name, next);
      node = next;
    }
    node.isHeld = true;
  }
  return root;
}

/** @returns undefined if columns hold every member */
function notHeld(row: ApiRow, { members }: Held): ApiRow | undefined {
  const rest = Object.entries(row).flatMap(([name, value]): [string, JsonValue][] => {
    if (name.startsWith('@')) return [];
    const held = members.get(name);
    if (!held) return [[name, value]];
    if (isObject(value) && held.members.size > 0) {
      const inner = notHeld(value, held);
      return inner === undefined ? [] : [[name, inner]];
    }
    return held.isHeld || value === null ? [] : [[name, value]];
  });
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}
