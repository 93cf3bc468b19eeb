import type { JsonRecord, JsonSchema, JsonValue } from '@exact-spotter/singer';
import { ExpressionError, isArray, isPlainObject } from './expression/expression-value.ts';
import { asObject, isNullable, kindsOf, resolve, withNull } from './schema.ts';
import type { MapSettings } from './settings.ts';

/** The columns of a flattened stream, and the function that flattens its records. */
export interface Flattened {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  /** Maps each top-level property that remains one column to its column name. */
  readonly names: ReadonlyMap<string, string>;
  readonly flatten: (record: JsonRecord) => JsonRecord;
}

export type FlatteningSettings = Pick<
  MapSettings,
  'flattening_max_depth' | 'flattening_separator' | 'flattening_max_key_length'
>;

/** A property that becomes one column, or several columns if it is an object. */
interface Branch {
  readonly name: string;
  /** Empty if the property becomes one column. */
  readonly inside: ReadonlyMap<string, Branch>;
  /** True if nested values are written as JSON text. */
  readonly isText: boolean;
}

/**
 * Plans the columns of a flattened stream. Nested objects become columns down to the maximum depth;
 * deeper objects and all lists become JSON text.
 * @throws ExpressionError if two properties would become the same column
 */
export function planFlattening(
  properties: Readonly<Record<string, JsonSchema>>,
  root: JsonSchema,
  settings: FlatteningSettings,
): Flattened {
  const columns: Record<string, JsonSchema> = {};
  const plan = (
    inner: Readonly<Record<string, JsonSchema>>,
    above: readonly string[],
    nullable: boolean,
  ): Map<string, Branch> => {
    const entries = Object.entries(inner).map(([property, given]): [string, Branch] => {
      const schema = resolve(given, root);
      const path = [...above, property];
      const name = flattenName(path, settings);
      const open = nestedProperties(schema);
      if (open && above.length < (settings.flattening_max_depth ?? 0)) {
        const inside = plan(open, path, true);
        return [property, { name, inside, isText: true }];
      }
      if (Object.hasOwn(columns, name)) {
        throw new ExpressionError(
          `flattening creates two columns named "${name}": use a different flattening_separator, or rename one of them`,
        );
      }
      const isText = mayBeNested(schema);
      const column = isText ? jsonTextSchema(schema) : given;
      columns[name] = nullable ? withNull(column) : column;
      return [property, { name, inside: new Map(), isText }];
    });
    return new Map(entries);
  };
  const tree = plan(properties, [], false);
  const stayed = [...tree].filter(([, branch]) => branch.inside.size === 0);
  return {
    properties: columns,
    names: new Map(stayed.map(([property, { name }]) => [property, name])),
    flatten: (record) => Object.fromEntries(flattenInto([], record, tree, [], settings)),
  };
}

type Cells = [string, JsonValue][];

function flattenInto(
  cells: Cells,
  record: JsonRecord,
  tree: ReadonlyMap<string, Branch>,
  above: readonly string[],
  settings: FlatteningSettings,
): Cells {
  for (const [property, value] of Object.entries(record)) {
    const branch = tree.get(property);
    const path = [...above, property];
    // Undeclared properties are kept, so that the target can warn about them.
    if (!branch) cells.push([flattenName(path, settings), asCell(value)]);
    else if (branch.inside.size === 0)
      cells.push([branch.name, branch.isText ? asCell(value) : value]);
    else if (isPlainObject(value)) flattenInto(cells, value, branch.inside, path, settings);
    else if (value === null) flattenInto(cells, nullObject(branch), branch.inside, path, settings);
    else cells.push([branch.name, asCell(value)]);
  }
  return cells;
}

/** Returns an object whose properties are all null, which replaces a null object. */
function nullObject({ inside }: Branch): JsonRecord {
  return Object.fromEntries([...inside.keys()].map((name) => [name, null]));
}

function asCell(value: JsonValue): JsonValue {
  return isArray(value) || isPlainObject(value) ? JSON.stringify(value) : value;
}

/**
 * Returns a column name: the parts of its path, joined by the separator. Parts are shortened from
 * the left until the name is shorter than the limit. A shortened part consists of the capitals of
 * its camel case form, or of three characters if that form has only one capital. The Singer SDK has
 * the same rule.
 */
export function flattenName(
  path: readonly string[],
  { flattening_separator: separator, flattening_max_key_length: limit }: FlatteningSettings,
): string {
  const parts = [...path];
  for (const [at, part] of path.entries()) {
    if (Array.from(parts.join(separator)).length < limit) break;
    const capitals = Array.from(camelCase(part).replaceAll(/[a-z]/g, ''));
    const short = capitals.length > 1 ? capitals : Array.from(part).slice(0, 3);
    parts[at] = short.join('').toLowerCase();
  }
  return parts.join(separator);
}

function camelCase(name: string): string {
  return name.replaceAll(/(?:^|_)(.)/gu, (_matched, letter: string) => letter.toUpperCase());
}

/** Returns the properties of a schema that allows only an object or null. */
function nestedProperties(schema: JsonSchema): Readonly<Record<string, JsonSchema>> | undefined {
  const properties = asObject(schema['properties']);
  const kinds = kindsOf(schema).filter((kind) => kind !== 'null');
  const isOpen = properties && Object.keys(properties).length > 0;
  return isOpen && kinds.length === 1 && kinds[0] === 'object' ? properties : undefined;
}

function mayBeNested(schema: JsonSchema): boolean {
  const kinds = kindsOf(schema);
  return kinds.length === 0 || kinds.includes('object') || kinds.includes('array');
}

/**
 * Returns the schema of a column that may contain JSON text. If the original schema has no type,
 * the returned schema allows any value.
 */
function jsonTextSchema(schema: JsonSchema): JsonSchema {
  const kinds = kindsOf(schema);
  const { title, description } = schema;
  const texts = {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
  };
  if (kinds.length === 0) return texts;
  const plain = kinds.filter((kind) => !['object', 'array', 'null', 'string'].includes(kind));
  const type = [...plain, 'string', ...(isNullable(schema) ? ['null'] : [])];
  return { ...texts, type: type.length === 1 ? 'string' : type };
}
