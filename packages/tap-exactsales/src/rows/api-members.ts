// Which members of the API's objects the columns come from, and how to read a member.

import { tables } from '@exact-spotter/schema';
import { isObject, type JsonValue } from '@exact-spotter/singer';
import type { ApiRow } from '../api/odata.ts';
import type { SelectedEndpoint } from '../catalog.ts';
import type { Endpoint } from '../endpoints.ts';

/**
 * Returns the members to request with `$select`; undefined if all columns are selected.
 * @param selected the endpoints that one read serves
 */
export function membersToSelect(selected: readonly SelectedEndpoint[]): string[] | undefined {
  if (selected.every(hasAllColumns)) return undefined;
  return [...new Set(selected.flatMap(neededMembers))];
}

/** Returns, for each column, the row's members that it may come from, the most likely first. */
export function rootMembers(
  { columns: sources }: Endpoint,
  columns: readonly string[],
): string[][] {
  return columns.map((column) => [sources[column] ?? column].flat().map(rootOf));
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
