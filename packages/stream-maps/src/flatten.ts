import type { JsonRecord, JsonSchema, JsonValue } from '@exact-spotter/singer';
import { asObject, isNullable, kindsOf, resolve, withNull } from './schema.ts';
import type { MapSettings } from './settings.ts';
import { ExpressionFault, isArray, isObject } from './expression/value.ts';

/** A stream's schema without nesting, and the function that makes its records so. */
export interface Flattened {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  /** Properties of the top that stayed, under the names that they have now. */
  readonly names: ReadonlyMap<string, string>;
  readonly flatten: (record: JsonRecord) => JsonRecord;
}

export type FlatteningSettings = Pick<
  MapSettings,
  'flattening_max_depth' | 'flattening_separator' | 'flattening_max_key_length'
>;

/** A property, and what becomes of it: a column, or one for each property in it. */
interface Branch {
  readonly name: string;
  /** Empty for what stays one column. */
  readonly inside: ReadonlyMap<string, Branch>;
  /** True where the column holds JSON text of what is nested. */
  readonly isText: boolean;
}

/**
 * Makes a plan of columns from a schema: nested objects down to the depth become columns, what is
 * nested deeper, and lists, become JSON text.
 * @throws ExpressionFault where two properties would become one column
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
        throw new ExpressionFault(
          `flattening makes two columns of the name "${name}": set another flattening_separator, or rename one`,
        );
      }
      const isText = mayBeNested(schema);
      const column = isText ? textOfNested(schema) : given;
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
    // What the schema does not name keeps its place, for whoever warns of such.
    if (!branch) cells.push([flattenName(path, settings), asCell(value)]);
    else if (branch.inside.size === 0)
      cells.push([branch.name, branch.isText ? asCell(value) : value]);
    else if (isObject(value)) flattenInto(cells, value, branch.inside, path, settings);
    else if (value === null) flattenInto(cells, nothing(branch), branch.inside, path, settings);
    else cells.push([branch.name, asCell(value)]);
  }
  return cells;
}

/** An object that is null: so is all that would be in it. */
function nothing({ inside }: Branch): JsonRecord {
  return Object.fromEntries([...inside.keys()].map((name) => [name, null]));
}

function asCell(value: JsonValue): JsonValue {
  return isArray(value) || isObject(value) ? JSON.stringify(value) : value;
}

/**
 * The name of a column: the names of its path, with the separator between. Where that has as many
 * letters as the limit or more, part after part is shortened, from the left, to its capitals in
 * camel case, or to three letters where it has one capital: the Singer SDK's rule.
 */
export function flattenName(
  path: readonly string[],
  { flattening_separator: separator, flattening_max_key_length: limit }: FlatteningSettings,
): string {
  const parts = [...path];
  for (const [at, part] of path.entries()) {
    if (Array.from(parts.join(separator)).length < limit) break;
    const capitals = camelCase(part).replaceAll(/[a-z]/g, '');
    parts[at] = (
      capitals.length > 1 ? capitals : Array.from(part).slice(0, 3).join('')
    ).toLowerCase();
  }
  return parts.join(separator);
}

function camelCase(name: string): string {
  return name.replaceAll(/(?:^|_)(.)/gu, (_matched, letter: string) => letter.toUpperCase());
}

/** The properties of what is an object, or null, and nothing else. */
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

/** Without a type anything may stand there, and texts of what is nested too. */
function textOfNested(schema: JsonSchema): JsonSchema {
  const kinds = kindsOf(schema);
  const { title, description } = schema;
  const told = {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
  };
  if (kinds.length === 0) return told;
  const plain = kinds.filter((kind) => !['object', 'array', 'null', 'string'].includes(kind));
  const type = [...plain, 'string', ...(isNullable(schema) ? ['null'] : [])];
  return { ...told, type: type.length === 1 ? 'string' : type };
}
