import { isObject } from '../messages/json.ts';
import type { JsonSchema } from '../messages/messages.ts';

// This file defines the keywords that extend JSON Schema (x-key, x-parent, …) and reads them from
// the schemas of any tap. The readers never throw: a malformed keyword is treated as missing.

/**
 * `full` reads every row each time; `incremental` continues at a bookmark; `window` reads a span of
 * dates.
 */
export type ReplicationMethod = 'full' | 'incremental' | 'window';

/** `x-replication`. The key is the column that the bookmark or the window refers to. */
export interface Replication {
  readonly method: ReplicationMethod;
  readonly key?: string;
}

/** `x-parent`: the rows are the elements of an array in the parent's records. */
export interface Parent {
  readonly table: string;
  readonly array: string;
  /**
   * The child's column → the parent's column. A parent record replaces all of its earlier children.
   */
  readonly columns: Readonly<Record<string, string>>;
}

/**
 * An entry of `x-references`: a column that contains another table's key. The row with that key may
 * be missing.
 */
export interface Reference {
  readonly table: string;
  readonly column: string;
}

/**
 * `x-covered`, only in SCHEMA messages: every row whose `column` is in [from, to) has been sent
 * with `version`, so a row in that range with an older version or no version was deleted at the
 * source.
 */
export interface Covered {
  readonly column: string;
  readonly from: string;
  readonly to: string;
  readonly version: number;
}

/** Returns the key columns in order. The list is empty if the schema has no valid key. */
export function readKey(schema: JsonSchema): readonly string[] {
  const key = schema['x-key'];
  // An incomplete key would merge different rows.
  return Array.isArray(key) && key.every(isName) ? key : [];
}

/** Returns the reference of each column. Ignores entries that are not `table.column`. */
export function readReferences(schema: JsonSchema): ReadonlyMap<string, Reference> {
  const references = schema['x-references'];
  if (!isObject(references)) return new Map();
  return new Map(
    Object.entries(references).flatMap(([column, target]) => {
      const reference = parseReference(target);
      return reference ? [[column, reference]] : [];
    }),
  );
}

/** Splits at the last dot, because stream names may contain dots. */
function parseReference(target: unknown): Reference | undefined {
  if (typeof target !== 'string') return undefined;
  const dot = target.lastIndexOf('.');
  const [table, column] = [target.slice(0, Math.max(dot, 0)), target.slice(dot + 1)];
  return table === '' || column === '' ? undefined : { table, column };
}

export function readParent(schema: JsonSchema): Parent | undefined {
  const parent = schema['x-parent'];
  if (!isObject(parent)) return undefined;
  const { table, array, columns } = parent;
  // If some of the columns were missing, a parent would also replace the children of other parents.
  if (!isName(table) || !isName(array) || !isObject(columns) || !isNames(columns)) return undefined;
  return Object.keys(columns).length === 0 ? undefined : { table, array, columns };
}

export function readReplication(schema: JsonSchema): Replication | undefined {
  const replication = schema['x-replication'];
  if (!isObject(replication)) return undefined;
  const { method, key } = replication;
  if (!isMethod(method)) return undefined;
  return { method, ...(isName(key) && { key }) };
}

export function readCovered(schema: JsonSchema): Covered | undefined {
  const covered = schema['x-covered'];
  if (!isObject(covered)) return undefined;
  const { column, from, to, version } = covered;
  if (!isName(column) || !isName(from) || !isName(to) || !isVersion(version)) return undefined;
  return { column, from, to, version };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isNames(
  value: Readonly<Record<string, unknown>>,
): value is Readonly<Record<string, string>> {
  return Object.values(value).every(isName);
}

function isMethod(value: unknown): value is ReplicationMethod {
  return value === 'full' || value === 'incremental' || value === 'window';
}

function isVersion(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}
