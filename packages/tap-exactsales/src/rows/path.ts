import { isObject, type JsonValue } from '@exact-spotter/singer';
import type { ApiRow } from '../api/odata.ts';

/** Returns the value at a path of member names, or undefined if a member is missing. */
export function valueAt(row: ApiRow, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = row;
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}
