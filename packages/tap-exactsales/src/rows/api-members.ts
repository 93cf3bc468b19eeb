// Finds the members of API objects that columns come from, and reads their values.

import { tables } from '@exact-spotter/schema';
import { isObject, readParent, type JsonValue } from '@exact-spotter/singer';
import type { ApiRow } from '../api/odata.ts';
import type { SelectedEndpoint } from '../catalog.ts';
import { endpoints, type ChildTable, type Endpoint } from '../endpoints.ts';
import { EXTRA } from './extra-column.ts';

/**
 * The key column for array elements without a key of their own. It contains the element's index.
 */
export const POSITION = 'position';

/**
 * Returns the members to request with `$select`; undefined if all members are needed, because all
 * columns are selected or unknown fields are kept.
 * @param selected the endpoints that one read serves
 */
export function membersToSelect(selected: readonly SelectedEndpoint[]): string[] | undefined {
  const streams = selected.flatMap((endpoint) => endpoint.streams);
  if (streams.some(({ columns }) => columns.has(EXTRA))) return undefined;
  if (selected.every(hasAllColumns)) return undefined;
  return [...new Set(selected.flatMap(neededMembers))];
}

/** Returns, for each column, the row members that may contain its value, most likely first. */
export function rootMembers(
  { columns: sources }: Endpoint,
  columns: readonly string[],
): string[][] {
  return columns.map((column) => [sources[column] ?? column].flat().map(rootOf));
}

/** The members of an endpoint's objects that the columns of its tables come from. */
export interface UsedMembers {
  /** The paths that each column may come from. */
  readonly sources: readonly {
    readonly column: string;
    readonly paths: readonly (readonly string[])[];
  }[];
  /** Members that are arrays whose elements are rows of a child table. */
  readonly arrays: readonly string[];
}

/**
 * Returns the members that are used by the endpoint's tables and by the tables of endpoints with
 * the same rows.
 */
export function usedMembers(endpoint: Endpoint): UsedMembers {
  const related = endpoints.filter(
    ({ path, within }) => path === endpoint.within || within === endpoint.path,
  );
  const all = [endpoint, ...related];
  return {
    sources: all.flatMap((one) => sourcesOf(one)),
    arrays: all.flatMap(({ children = [] }) => children.map(({ array }) => array)),
  };
}

/** Returns the members of an element that have a column in the child table. */
export function usedElementMembers(child: ChildTable): UsedMembers {
  return { sources: sourcesOf(child), arrays: [] };
}

function sourcesOf({ stream, columns }: ChildTable | Endpoint): UsedMembers['sources'] {
  const parent = readParent(tables[stream]);
  return Object.keys(tables[stream].properties)
    .filter((column) => !parent || (column !== POSITION && !(column in parent.columns)))
    .map((column) => ({
      column,
      paths: [columns[column] ?? column].flat().map((path) => path.split('.')),
    }));
}

/** Returns the value at a path of member names, or undefined if a member is missing. */
export function valueAt(row: ApiRow, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = row;
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** Returns the first member of a path such as `stage.name`. */
export function rootOf(path: string): string {
  return path.split('.')[0] ?? path;
}

function hasAllColumns({ endpoint, streams }: SelectedEndpoint): boolean {
  const names = [endpoint.stream, ...(endpoint.children ?? []).map(({ stream }) => stream)];
  return names.every((name) => {
    const selected = streams.find(({ stream }) => stream === name);
    return selected?.columns.size === Object.keys(tables[name].properties).length;
  });
}

function neededMembers({ endpoint, streams }: SelectedEndpoint): string[] {
  const own = streams.find(({ stream }) => stream === endpoint.stream);
  const key = new Set<string>(tables[endpoint.stream]['x-key']);
  const columns = [...(own?.columns ?? []), ...key];
  const arrays = (endpoint.children ?? [])
    .filter(({ stream }) => streams.some((selected) => selected.stream === stream))
    .map(({ array }) => array);
  return [
    ...rootMembers(endpoint, columns).map(([first = '']) => first),
    ...arrays,
    ...(endpoint.alsoSelect ?? []),
    endpoint.pageKey.member,
    ...(endpoint.date ? [endpoint.date.member] : []),
  ];
}
