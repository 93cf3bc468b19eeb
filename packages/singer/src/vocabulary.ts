import { isObject } from './json.ts';

/**
 * The words that a table's schema uses beside plain JSON Schema, and how to read them in a schema
 * of any tap. The readers never throw: a keyword that is missing or malformed counts as not said.
 */

/** A JSON Schema as it came: nothing is known of it. */
export type AnySchema = Readonly<Record<string, unknown>>;

/** `full`: read whole each time. `incremental`: from a bookmark on. `window`: a span of dates. */
export type ReplicationMethod = 'full' | 'incremental' | 'window';

/** `x-replication`. The key is the column that the bookmark or the window stands on. */
export interface Replication {
  readonly method: ReplicationMethod;
  readonly key?: string;
}

/** `x-parent`: the rows are the elements of an array in the parent's records. */
export interface Parent {
  readonly table: string;
  readonly array: string;
  /** The child's column → the parent's column. A parent that arrives replaces its children. */
  readonly columns: Readonly<Record<string, string>>;
}

/** One of `x-references`: a column that holds another table's value. A join, not a promise. */
export interface Reference {
  readonly table: string;
  readonly column: string;
}

/**
 * `x-covered`, only on the wire: every row of the stream whose `column` lies in [from, to) has been
 * sent with `version`, so a row there with an older one, or none, is gone at the source.
 */
export interface Covered {
  readonly column: string;
  readonly from: string;
  readonly to: string;
  readonly version: number;
}

/** Title and description in one language. `x-pt` holds the Portuguese ones. */
export interface Text {
  readonly title: string;
  readonly description: string;
}

/** `x-documented`: the name, and of a column the type, in the reference connector's documents. */
export interface Documented {
  readonly name: string;
  readonly type?: string;
}

/** A column as our own files declare it. */
export interface ColumnSchema extends Text {
  /** A list with `null` for every column but those of the key. */
  readonly type: string | readonly string[];
  readonly format?: string;
  readonly examples: readonly unknown[];
  readonly 'x-pt': Text;
  readonly 'x-documented'?: Documented;
}

/** A table as our own files declare it. `x-references` maps a column to `table.column`. */
export interface TableSchema extends Text {
  readonly $schema: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, ColumnSchema>>;
  readonly 'x-pt': Text;
  readonly 'x-documented': Documented;
  readonly 'x-key': readonly string[];
  readonly 'x-references'?: Readonly<Record<string, string>>;
  readonly 'x-parent'?: Parent;
  readonly 'x-replication': { readonly method: string; readonly key?: string };
}

/** The key columns, in order; none where the schema names no key. */
export function readKey(schema: AnySchema): readonly string[] {
  const key = schema['x-key'];
  // Half a key would merge rows that differ: all of it, or nothing.
  return Array.isArray(key) && key.every(isName) ? key : [];
}

/** Column → what it refers to. Entries that are no `table.column` are passed over. */
export function readReferences(schema: AnySchema): ReadonlyMap<string, Reference> {
  const references = schema['x-references'];
  if (!isObject(references)) return new Map();
  return new Map(
    Object.entries(references).flatMap(([column, target]) => {
      const reference = parseReference(target);
      return reference ? [[column, reference]] : [];
    }),
  );
}

/** Some streams have dots in their names, so the last dot is the one that divides. */
function parseReference(target: unknown): Reference | undefined {
  if (typeof target !== 'string') return undefined;
  const dot = target.lastIndexOf('.');
  const [table, column] = [target.slice(0, Math.max(dot, 0)), target.slice(dot + 1)];
  return table === '' || column === '' ? undefined : { table, column };
}

export function readParent(schema: AnySchema): Parent | undefined {
  const parent = schema['x-parent'];
  if (!isObject(parent)) return undefined;
  const { table, array, columns } = parent;
  // With half of the columns a parent would replace the children of others too.
  if (!isName(table) || !isName(array) || !isObject(columns) || !isNames(columns)) return undefined;
  return Object.keys(columns).length === 0 ? undefined : { table, array, columns };
}

export function readReplication(schema: AnySchema): Replication | undefined {
  const replication = schema['x-replication'];
  if (!isObject(replication)) return undefined;
  const { method, key } = replication;
  if (!isMethod(method)) return undefined;
  return { method, ...(isName(key) && { key }) };
}

export function readCovered(schema: AnySchema): Covered | undefined {
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
